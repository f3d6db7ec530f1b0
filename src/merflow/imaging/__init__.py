"""Operations on pictures that several stages share. They do not depend on faces."""
