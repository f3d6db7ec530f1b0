"""Operations on pictures that several stages share; they know of no face."""
