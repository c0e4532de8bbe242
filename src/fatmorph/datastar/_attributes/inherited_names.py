"""Names that every JavaScript object inherits, under which a client cannot nest signals.

For each request the client builds an object from the paths of signals, and follows inherited
properties: a signal `constructor.prototype.x` would change all objects of the page.

Source: https://tc39.es/ecma262/#sec-properties-of-the-object-prototype-object
"""

__all__ = ("INHERITED_NAMES", "INHERITED_WHY")

INHERITED_NAMES = frozenset(
    (
        *("__defineGetter__", "__defineSetter__", "__lookupGetter__", "__lookupSetter__"),
        *("__proto__", "constructor", "hasOwnProperty", "isPrototypeOf", "propertyIsEnumerable"),
        *("toLocaleString", "toString", "valueOf"),
    )
)
INHERITED_WHY = "all objects inherit something of this name, and the client would change it"
