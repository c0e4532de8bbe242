"""How `fatmorph.data` and `fatmorph.at` write Datastar's attributes and actions."""
