"""Export: results in the forms of other programs, in a folder with a record of what they are."""
