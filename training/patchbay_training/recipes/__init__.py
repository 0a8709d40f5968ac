"""The recipes, each of three files: `data.py` (rows of a table), `model.py` (the network), `recipe.py` (joins both)."""
