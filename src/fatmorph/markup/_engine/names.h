/* Attribute names: checked and spelled once, then found in a cache.

   A Name holds the spelling of an attribute's name and the rules for its values. The keys of the
   caches are exact str only, so that a look-up calls no code of the user.

   Holds function bodies: a part of _core_c.c, not an interface. */

#ifndef FATMORPH_NAMES_H
#define FATMORPH_NAMES_H

#include "state.h"

/* The rules for an attribute's values, with the numbers of VALUE_KINDS in _values.py. */
enum { UNKNOWN_KIND = -1, ANY_VALUE, TRUE_FALSE_VALUE, CLASS_VALUE, STYLE_VALUE, URL_VALUE };

/* A checked attribute name with its spelling in a start tag. */
typedef struct {
    PyObject_HEAD
    PyObject *name;     /* exact str */
    PyObject *spelling; /* bytes: space, name, =" */
    Py_hash_t hash;
    int kind; /* the rules for its values; this engine writes the plain ones */
} Name;

static void
name_dealloc(PyObject *self)
{
    Name *name = (Name *)self;
    PyTypeObject *type = Py_TYPE(self);
    Py_XDECREF(name->name);
    Py_XDECREF(name->spelling);
    type->tp_free(self);
    Py_DECREF(type);
}

static PyType_Slot name_slots[] = {
    {Py_tp_dealloc, name_dealloc},
    {0, NULL},
};

static PyType_Spec name_spec = {
    .name = "fatmorph.markup._core_c.Name",
    .basicsize = sizeof(Name),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION | Py_TPFLAGS_IMMUTABLETYPE,
    .slots = name_slots,
};

/* Set *value to a new reference, or to NULL if the key is missing. Return -1 on error. */
static int
dict_get(PyObject *dict, PyObject *key, PyObject **value)
{
#if PY_VERSION_HEX >= 0x030D0000
    return PyDict_GetItemRef(dict, key, value) < 0 ? -1 : 0;
#else
    PyObject *found = PyDict_GetItemWithError(dict, key); /* borrowed */
    *value = Py_XNewRef(found);
    return found == NULL && PyErr_Occurred() ? -1 : 0;
#endif
}

static inline bool
is_cacheable(PyObject *text)
{
    return PyUnicode_GET_LENGTH(text) <= MAX_CACHED_CHARACTERS;
}

/* Add a text to a cache, unless it is too long. */
static int
cache_set(PyObject *cache, PyObject *key, PyObject *value)
{
    if (!is_cacheable(key)) {
        return 0;
    }
    if (PyDict_GET_SIZE(cache) >= MAX_CACHED_NAMES) {
        PyDict_Clear(cache);
    }
    return PyDict_SetItem(cache, key, value);
}

/* Return the bytes that begin an attribute in a start tag. */
static PyObject *
spelling_of(PyObject *name)
{
    PyObject *encoded = PyUnicode_AsUTF8String(name); /* a checked name has no surrogate */
    if (encoded == NULL) {
        return NULL;
    }
    Py_ssize_t length = PyBytes_GET_SIZE(encoded);
    PyObject *spelling = PyBytes_FromStringAndSize(NULL, length + 3);
    if (spelling != NULL) {
        char *out = PyBytes_AS_STRING(spelling);
        out[0] = ' ';
        memcpy(out + 1, PyBytes_AS_STRING(encoded), (size_t)length);
        memcpy(out + 1 + length, "=\"", 2);
    }
    Py_DECREF(encoded);
    return spelling;
}

/* Return the Name of a checked attribute name. */
static Name *
name_for(State *state, PyObject *text, int kind)
{
    if (!PyUnicode_CheckExact(text)) {
        PyErr_Format(PyExc_TypeError, "an attribute name is a str, not %.200s",
                     Py_TYPE(text)->tp_name);
        return NULL;
    }
    PyObject *found;
    if (dict_get(state->names, text, &found) < 0) {
        return NULL;
    }
    if (found != NULL && (((Name *)found)->kind == kind || kind == UNKNOWN_KIND)) {
        return (Name *)found;
    }
    Py_XDECREF(found); /* made with UNKNOWN_KIND: the new one replaces it */
    Py_hash_t hash = PyObject_Hash(text);
    PyObject *spelling = hash == -1 ? NULL : spelling_of(text);
    if (spelling == NULL) {
        return NULL;
    }
    Name *name = PyObject_New(Name, state->name_type);
    if (name == NULL) {
        Py_DECREF(spelling);
        return NULL;
    }
    name->name = Py_NewRef(text);
    name->spelling = spelling;
    name->hash = hash;
    name->kind = kind;
    if (cache_set(state->names, text, (PyObject *)name) < 0) {
        Py_DECREF(name);
        return NULL;
    }
    return name;
}

static bool
same_text(PyObject *one, PyObject *other)
{
    return one == other
           || (PyUnicode_GET_LENGTH(one) == PyUnicode_GET_LENGTH(other)
               && PyUnicode_Compare(one, other) == 0);
}

/* There can be two Names of one text: an element may hold one that a cache has dropped. */
static inline bool
same_name(const Name *one, const Name *other)
{
    return one == other || (one->hash == other->hash && same_text(one->name, other->name));
}

/* Cache and return the result of the shared function `resolve` for an exact str: a Name if its
   plain values can be written here, None if every value needs its own check. */
static PyObject *
learn_name(State *state, PyObject *cache, PyObject *resolve, PyObject *spelling)
{
    PyObject *resolved = PyObject_CallOneArg(resolve, spelling);
    if (resolved == NULL) {
        return NULL;
    }
    PyObject *found = NULL;
    if (resolved == Py_None) {
        found = Py_NewRef(Py_None);
    }
    else {
        PyObject *text;
        int kind;
        if (PyArg_ParseTuple(resolved, "Ui", &text, &kind)) {
            found = (PyObject *)name_for(state, text, kind);
        }
    }
    Py_DECREF(resolved);
    if (found != NULL && cache_set(cache, spelling, found) < 0) {
        Py_CLEAR(found);
    }
    return found;
}

static inline RecentKeyword *
recent_keyword(State *state, const PyObject *keyword)
{
    return &state->recent_keywords[((uintptr_t)keyword >> 4) % RECENT_KEYWORDS];
}

static void
remember_keyword(RecentKeyword *recent, PyObject *keyword, PyObject *name)
{
#ifndef Py_GIL_DISABLED /* without the GIL, another thread may read one of the two */
    PyObject *old_keyword = recent->keyword;
    PyObject *old_name = recent->name;
    recent->keyword = Py_NewRef(keyword);
    recent->name = Py_NewRef(name);
    Py_XDECREF(old_keyword);
    Py_XDECREF(old_name);
#endif
}

static void
forget_recent_keywords(State *state)
{
    for (size_t i = 0; i < RECENT_KEYWORDS; i++) {
        Py_CLEAR(state->recent_keywords[i].keyword);
        Py_CLEAR(state->recent_keywords[i].name);
    }
}

/* Set *name to the Name of a keyword whose plain values can be written here, or to NULL if every
   value needs its own check. Return -1 on error. */
static int
keyword_name(State *state, PyObject *keyword, Name **name)
{
    RecentKeyword *recent = recent_keyword(state, keyword);
    if (recent->keyword == keyword) {
        *name = (Name *)Py_NewRef(recent->name);
        return 0;
    }
    *name = NULL;
    /* ** accepts subclasses of str, whose comparisons may call code: look up an exact copy */
    PyObject *exact = PyUnicode_FromObject(keyword);
    if (exact == NULL) {
        return -1;
    }
    PyObject *found;
    int failed = dict_get(state->keywords, exact, &found);
    if (failed == 0 && found == NULL) {
        found = learn_name(state, state->keywords, state->verbatim_keyword, exact);
        failed = found == NULL ? -1 : 0;
    }
    if (failed == 0 && found == Py_None) {
        Py_CLEAR(found);
    }
    if (found != NULL && exact == keyword && is_cacheable(keyword)) {
        remember_keyword(recent, keyword, found);
    }
    Py_DECREF(exact);
    *name = (Name *)found;
    return failed;
}

#endif
