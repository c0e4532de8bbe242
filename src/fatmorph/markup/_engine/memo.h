/* The type Memo as Python sees it: its making, its figures and its attributes.

   Holds function bodies: a part of _core_c.c, not an interface. */

#ifndef FATMORPH_MEMO_H
#define FATMORPH_MEMO_H

#include "memo_calls.h"

static PyObject *
memo_new(PyTypeObject *type, PyObject *args, PyObject *keywords)
{
    static char *names[] = {"function", "plan", "max_entries", "max_bytes", NULL};
    PyObject *function, *plan;
    Memo fields = {0};
    if (!PyArg_ParseTupleAndKeywords(args, keywords, "OO!nn:Memo", names, &function,
                                     &PyTuple_Type, &plan, &fields.max_entries,
                                     &fields.max_bytes)
        || !PyArg_ParseTuple(plan, "O!O!nnO!O!OOOO", &PyTuple_Type, &fields.parameters,
                             &PyTuple_Type, &fields.defaults, &fields.positional_only,
                             &fields.positional, &PyType_Type, &fields.values.enum_type,
                             &PyDict_Type, &fields.values.records, &fields.bind,
                             &fields.flatten, &fields.refuse_result, &fields.info)) {
        return NULL;
    }
    if (PyTuple_GET_SIZE(fields.parameters) != PyTuple_GET_SIZE(fields.defaults)
        || fields.positional_only < 0 || fields.max_entries < 1 || fields.max_bytes < 1
        || fields.positional > PyTuple_GET_SIZE(fields.parameters)) {
        PyErr_SetString(PyExc_ValueError, "the numbers of a memo do not fit together");
        return NULL;
    }
    Memo *memo = (Memo *)type->tp_alloc(type, 0);
    if (memo == NULL) {
        return NULL;
    }
    memo->vectorcall = memo_vectorcall;
    memo->function = Py_NewRef(function);
    memo->parameters = Py_NewRef(fields.parameters);
    memo->defaults = Py_NewRef(fields.defaults);
    memo->positional_only = fields.positional_only;
    memo->positional = fields.positional;
    memo->values.state = state_of(type);
    memo->values.enum_type = (PyTypeObject *)Py_NewRef(fields.values.enum_type);
    memo->values.records = Py_NewRef(fields.values.records);
    memo->bind = Py_NewRef(fields.bind);
    memo->flatten = Py_NewRef(fields.flatten);
    memo->refuse_result = Py_NewRef(fields.refuse_result);
    memo->info = Py_NewRef(fields.info);
    memo->max_entries = fields.max_entries;
    memo->max_bytes = fields.max_bytes;
    return (PyObject *)memo;
}

static int
memo_traverse(PyObject *self, visitproc visit, void *arg)
{
    Memo *memo = (Memo *)self;
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(memo->attributes);
    Py_VISIT(memo->function);
    Py_VISIT(memo->defaults);
    Py_VISIT(memo->values.enum_type);
    Py_VISIT(memo->values.records);
    Py_VISIT(memo->bind);
    Py_VISIT(memo->flatten);
    Py_VISIT(memo->refuse_result);
    Py_VISIT(memo->info);
    for (MemoEntry *entry = memo->table.oldest; entry != NULL; entry = entry->newer) {
        for (Py_ssize_t i = 0; i < entry->token_count; i++) {
            Py_VISIT(entry->tokens[i]); /* classes, which may hold the view */
        }
    }
    return 0;
}

/* The function and the plan stay: a call after this one must not crash. Each cycle through the
   function has another object that is cleared, such as the dict of its module. */
static int
memo_clear(PyObject *self)
{
    Memo *memo = (Memo *)self;
    Py_CLEAR(memo->attributes);
    free_entries(take_all(&memo->table));
    return 0;
}

static void
memo_dealloc(PyObject *self)
{
    Memo *memo = (Memo *)self;
    PyTypeObject *type = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    if (memo->weak_references != NULL) {
        PyObject_ClearWeakRefs(self);
    }
    (void)memo_clear(self);
    Py_XDECREF(memo->function);
    Py_XDECREF(memo->parameters);
    Py_XDECREF(memo->defaults);
    Py_XDECREF(memo->values.enum_type);
    Py_XDECREF(memo->values.records);
    Py_XDECREF(memo->bind);
    Py_XDECREF(memo->flatten);
    Py_XDECREF(memo->refuse_result);
    Py_XDECREF(memo->info);
    type->tp_free(self);
    Py_DECREF(type);
}

static PyObject *
memo_cache_clear(PyObject *self, PyObject *Py_UNUSED(unused))
{
    Memo *memo = (Memo *)self;
    MemoEntry *taken = NULL;
    LOCK_MEMO(memo);
    taken = take_all(&memo->table);
    memo->hits = memo->misses = 0;
    UNLOCK_MEMO();
    free_entries(taken);
    Py_RETURN_NONE;
}

static PyObject *
memo_cache_info(PyObject *self, PyObject *Py_UNUSED(unused))
{
    Memo *memo = (Memo *)self;
    Py_ssize_t hits, misses, count, size;
    LOCK_MEMO(memo);
    hits = memo->hits;
    misses = memo->misses;
    count = memo->table.count;
    size = memo->table.size;
    UNLOCK_MEMO();
    return PyObject_CallFunction(memo->info, "nnnnnn", hits, misses, count, memo->max_entries,
                                 size, memo->max_bytes);
}

static PyObject *
memo_reduce(PyObject *self, PyObject *Py_UNUSED(unused))
{
    return PyObject_GetAttrString(self, "__qualname__"); /* like a function */
}

static PyMemberDef memo_members[] = {
    {"__vectorcalloffset__", Py_T_PYSSIZET, offsetof(Memo, vectorcall), Py_READONLY, NULL},
    {"__weaklistoffset__", Py_T_PYSSIZET, offsetof(Memo, weak_references), Py_READONLY, NULL},
    {"__dictoffset__", Py_T_PYSSIZET, offsetof(Memo, attributes), Py_READONLY, NULL},
    {NULL, 0, 0, 0, NULL},
};

static PyGetSetDef memo_getset[] = {
    {"__dict__", PyObject_GenericGetDict, NULL, NULL, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyMethodDef memo_methods[] = {
    {"cache_clear", memo_cache_clear, METH_NOARGS, "Forget all results and figures."},
    {"cache_info", memo_cache_info, METH_NOARGS,
     "Return the figures: hits, misses, entries and bytes, and the bounds of both."},
    {"__reduce__", memo_reduce, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

PyDoc_STRVAR(memo_doc, "A view that returns the same element for the same values.");

static PyType_Slot memo_slots[] = {
    {Py_tp_doc, (void *)memo_doc},
    {Py_tp_new, memo_new},
    {Py_tp_dealloc, memo_dealloc},
    {Py_tp_traverse, memo_traverse},
    {Py_tp_clear, memo_clear},
    {Py_tp_call, PyVectorcall_Call},
    {Py_tp_members, memo_members},
    {Py_tp_getset, memo_getset},
    {Py_tp_methods, memo_methods},
    {0, NULL},
};

static PyType_Spec memo_spec = {
    .name = "fatmorph.markup._core_c.Memo",
    .basicsize = sizeof(Memo),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_HAVE_VECTORCALL
             | Py_TPFLAGS_IMMUTABLETYPE,
    .slots = memo_slots,
};

#endif
