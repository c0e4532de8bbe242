"""The pages of the benchmark, written once per library, as its users would write them.

Every module has `table`, `products` and `tiles`: the data of a page in, UTF-8 out. Text is
escaped everywhere; where a library leaves that to its users, the module does what they must.
"""
