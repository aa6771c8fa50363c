"""The scenario language: what an exchange is made of and what must be true of it, read from YAML.

`load` turns files into scenarios or refuses them with every mistake at once; `model` is what the engine reads;
`variables` puts values in; the tables `subjects` and `actions` own the names. Knows nothing of the wire.
"""
