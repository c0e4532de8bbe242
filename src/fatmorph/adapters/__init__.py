"""One module per framework: the only code of fatmorph that imports a framework."""
