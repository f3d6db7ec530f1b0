"""The 68 landmarks of a face (dlib order): groups, outline, and the alignment that they give."""
