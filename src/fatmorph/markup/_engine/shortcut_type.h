/* The type of shortcuts as Python sees it: one looks like the function that it holds.

   Holds function bodies: a part of _core_c.c, not an interface. */

#ifndef FATMORPH_SHORTCUT_TYPE_H
#define FATMORPH_SHORTCUT_TYPE_H

#include "shortcuts.h"

static int
shortcut_traverse(PyObject *self, visitproc visit, void *arg)
{
    Shortcut *shortcut = (Shortcut *)self;
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(shortcut->function);
    Py_VISIT(shortcut->dict);
    Py_VISIT(shortcut->learnt);
    Py_VISIT(shortcut->harmless);
    return 0;
}

static int
shortcut_clear(PyObject *self)
{
    Shortcut *shortcut = (Shortcut *)self;
    Py_CLEAR(shortcut->function);
    Py_CLEAR(shortcut->dict);
    Py_CLEAR(shortcut->learnt);
    Py_CLEAR(shortcut->harmless);
    for (size_t i = 0; i < RECENT_OPTIONS; i++) {
        forget_options(&shortcut->recent[i]);
    }
    return 0;
}

static void
shortcut_dealloc(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    if (((Shortcut *)self)->weak_references != NULL) {
        PyObject_ClearWeakRefs(self);
    }
    shortcut_clear(self);
    type->tp_free(self);
    Py_DECREF(type);
}

static PyObject *
shortcut_new(PyTypeObject *type, PyObject *args, PyObject *keywords)
{
    static char *names[] = {"kind", "function", "harmless", NULL};
    static const char *kinds[] = {"id",    "action", "event",   "statements",
                                  "value", "signal", "signals", "object"};
    const char *word;
    PyObject *function, *harmless = Py_None;
    if (!PyArg_ParseTupleAndKeywords(args, keywords, "sO|O:Shortcut", names, &word, &function,
                                     &harmless)) {
        return NULL;
    }
    size_t kind = 0, kind_count = sizeof(kinds) / sizeof(kinds[0]);
    while (kind < kind_count && strcmp(kinds[kind], word) != 0) {
        kind++;
    }
    if (kind == kind_count || (harmless != Py_None && !PyFrozenSet_CheckExact(harmless))) {
        PyErr_SetString(PyExc_ValueError, "a shortcut has a kind, and a frozenset of names");
        return NULL;
    }
    Shortcut *shortcut = (Shortcut *)type->tp_alloc(type, 0);
    if (shortcut == NULL) {
        return NULL;
    }
    shortcut->vectorcall = shortcut_vectorcall;
    shortcut->kind = (ShortcutKind)kind;
    shortcut->function = Py_NewRef(function);
    shortcut->harmless = Py_NewRef(harmless);
    shortcut->learnt = PyDict_New();
    if (shortcut->learnt == NULL) {
        Py_CLEAR(shortcut);
    }
    return (PyObject *)shortcut;
}

/* A method of the instance, as a function would be. */
static PyObject *
shortcut_get(PyObject *self, PyObject *instance, PyObject *Py_UNUSED(owner))
{
    return instance == NULL || instance == Py_None ? Py_NewRef(self)
                                                   : PyMethod_New(self, instance);
}

static PyObject *
shortcut_repr(PyObject *self)
{
    return PyObject_Repr(((Shortcut *)self)->function);
}

/* A pickle has the name of a function. */
static PyObject *
shortcut_reduce(PyObject *self, PyObject *Py_UNUSED(unused))
{
    return PyObject_GetAttrString(self, "__qualname__");
}

static PyObject *
shortcut_self(PyObject *self, PyObject *Py_UNUSED(unused))
{
    return Py_NewRef(self);
}

static PyMemberDef shortcut_members[] = {
    {"__vectorcalloffset__", Py_T_PYSSIZET, offsetof(Shortcut, vectorcall), Py_READONLY, NULL},
    {"__weaklistoffset__", Py_T_PYSSIZET, offsetof(Shortcut, weak_references), Py_READONLY, NULL},
    {"__dictoffset__", Py_T_PYSSIZET, offsetof(Shortcut, dict), Py_READONLY, NULL},
    {NULL, 0, 0, 0, NULL},
};

static PyGetSetDef shortcut_getset[] = {
    {"__dict__", PyObject_GenericGetDict, PyObject_GenericSetDict, NULL, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyMethodDef shortcut_methods[] = {
    {"__reduce__", shortcut_reduce, METH_NOARGS, NULL},
    {"__copy__", shortcut_self, METH_NOARGS, NULL},
    {"__deepcopy__", shortcut_self, METH_O, NULL},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot shortcut_slots[] = {
    {Py_tp_new, shortcut_new},
    {Py_tp_dealloc, shortcut_dealloc},
    {Py_tp_traverse, shortcut_traverse},
    {Py_tp_clear, shortcut_clear},
    {Py_tp_call, PyVectorcall_Call},
    {Py_tp_descr_get, shortcut_get},
    {Py_tp_repr, shortcut_repr},
    {Py_tp_members, shortcut_members},
    {Py_tp_getset, shortcut_getset},
    {Py_tp_methods, shortcut_methods},
    {0, NULL},
};

static PyType_Spec shortcut_spec = {
    .name = "fatmorph.markup._core_c.Shortcut",
    .basicsize = sizeof(Shortcut),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_HAVE_VECTORCALL
             | Py_TPFLAGS_IMMUTABLETYPE,
    .slots = shortcut_slots,
};

#endif
