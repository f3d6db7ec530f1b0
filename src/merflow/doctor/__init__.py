"""``merflow doctor``: what a fault report needs to know of a machine, one line each, with what to do about it."""
