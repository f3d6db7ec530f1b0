"""How each dataset keeps its recordings: folders, file names, cameras and label sheets, one module a dataset."""
