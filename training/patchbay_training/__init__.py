"""Training of networks, from one process to many: read it in the order of `worker.py`.

config -> strategy -> data -> model -> loop -> checkpoint -> report. The recipes (`recipes/`) put a table in front of it
and a model behind it; `launch.py` starts the workers through Ray Train. Nothing here is loaded by the web process.
"""
