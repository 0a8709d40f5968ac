"""The recipes: each has the same files. `data.py` makes rows of a table, `model.py` the network, `recipe.py` joins them."""
