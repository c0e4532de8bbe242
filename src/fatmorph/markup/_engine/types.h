/* The types Tag and Element as Python sees them: attributes, methods and slots.

   Holds function bodies: a part of _core_c.c, not an interface. */

#ifndef FATMORPH_TYPES_H
#define FATMORPH_TYPES_H

#include "call.h"
#include "comparing.h"
#include "rendering.h"

/* ------------------------------------------------------------------------------------- Tag */

static int
tag_traverse(PyObject *self, visitproc visit, void *arg)
{
    Tag *tag = (Tag *)self;
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(tag->name);
    Py_VISIT(tag->namespace);
    Py_VISIT(tag->check);
    Py_VISIT(tag->attribute_check);
    return 0;
}

static int
tag_clear(PyObject *self)
{
    Py_CLEAR(((Tag *)self)->check);
    Py_CLEAR(((Tag *)self)->attribute_check);
    return 0;
}

static void
tag_dealloc(PyObject *self)
{
    Tag *tag = (Tag *)self;
    PyTypeObject *type = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    Py_XDECREF(tag->name);
    Py_XDECREF(tag->namespace);
    Py_XDECREF(tag->check);
    Py_XDECREF(tag->attribute_check);
    Py_XDECREF(tag->start);
    Py_XDECREF(tag->end);
    Py_XDECREF(tag->place);
    type->tp_free(self);
    Py_DECREF(type);
}

/* Return a tag made from a TagParts, whose fields are read in their order. */
static Tag *
tag_from_parts(PyTypeObject *type, PyObject *parts)
{
    PyObject *name, *namespace, *start, *end, *check, *attribute_check;
    int has_start_end, is_newline_dropping, is_fragment;
    unsigned heeds, holds;
    if (!PyArg_ParseTuple(parts, "UUUU(OIIO)ppp", &name, &namespace, &start, &end, &check,
                          &heeds, &holds, &attribute_check, &has_start_end,
                          &is_newline_dropping, &is_fragment)) {
        return NULL;
    }
    if (!PyUnicode_CheckExact(name) || !PyUnicode_CheckExact(namespace)) {
        PyErr_SetString(PyExc_TypeError, "a tag's name and namespace are str"); /* hashed in C */
        return NULL;
    }
    Tag *tag = (Tag *)type->tp_alloc(type, 0);
    if (tag == NULL) {
        return NULL;
    }
    tag->vectorcall = tag_vectorcall;
    tag->name = Py_NewRef(name);
    tag->namespace = Py_NewRef(namespace);
    tag->start = PyUnicode_AsUTF8String(start);
    tag->end = PyUnicode_AsUTF8String(end);
    tag->check = check == Py_None ? NULL : Py_NewRef(check);
    tag->attribute_check = attribute_check == Py_None ? NULL : Py_NewRef(attribute_check);
    tag->heeds = heeds;
    tag->holds = holds;
    tag->has_start_end = has_start_end != 0;
    tag->is_newline_dropping = is_newline_dropping != 0;
    tag->is_fragment = is_fragment != 0;
    if (tag->start == NULL || tag->end == NULL) {
        Py_CLEAR(tag);
    }
    return tag;
}

static PyObject *
tag_new(PyTypeObject *type, PyObject *args, PyObject *keywords)
{
    static char *names[] = {"name", "namespace", NULL};
    PyObject *name, *namespace = NULL;
    if (!PyArg_ParseTupleAndKeywords(args, keywords, "O|O:Tag", names, &name, &namespace)) {
        return NULL;
    }
    PyObject *parts =
        PyObject_CallFunctionObjArgs(state_of(type)->tag_parts, name, namespace, NULL);
    if (parts == NULL) {
        return NULL;
    }
    Tag *tag = tag_from_parts(type, parts);
    Py_DECREF(parts);
    return (PyObject *)tag;
}

static PyObject *
tag_repr(PyObject *self)
{
    return PyUnicode_FromFormat("<Tag %U>", ((Tag *)self)->name);
}

static PyObject *
tag_reduce(PyObject *self, PyObject *Py_UNUSED(unused))
{
    Tag *tag = (Tag *)self;
    return Py_BuildValue("O(OO)", state_of(Py_TYPE(self))->revive_tag, tag->name,
                         tag->namespace);
}

static PyObject *
return_self(PyObject *self, PyObject *Py_UNUSED(unused))
{
    return Py_NewRef(self);
}

static PyMemberDef tag_members[] = {
    {"__vectorcalloffset__", Py_T_PYSSIZET, offsetof(Tag, vectorcall), Py_READONLY, NULL},
    {"name", Py_T_OBJECT_EX, offsetof(Tag, name), Py_READONLY, "The name as it is written."},
    {"namespace", Py_T_OBJECT_EX, offsetof(Tag, namespace), Py_READONLY,
     "The namespace that the elements belong to."},
    {NULL, 0, 0, 0, NULL},
};

static PyMethodDef tag_methods[] = {
    {"__reduce__", tag_reduce, METH_NOARGS, NULL},
    {"__copy__", return_self, METH_NOARGS, NULL},
    {"__deepcopy__", return_self, METH_O, NULL},
    {NULL, NULL, 0, NULL},
};

PyDoc_STRVAR(tag_doc, "A callable that builds elements of one name.");

static PyType_Slot tag_slots[] = {
    {Py_tp_doc, (void *)tag_doc},
    {Py_tp_new, tag_new},
    {Py_tp_dealloc, tag_dealloc},
    {Py_tp_traverse, tag_traverse},
    {Py_tp_clear, tag_clear},
    {Py_tp_call, PyVectorcall_Call},
    {Py_tp_richcompare, tag_richcompare},
    {Py_tp_hash, tag_hash},
    {Py_tp_repr, tag_repr},
    {Py_tp_members, tag_members},
    {Py_tp_methods, tag_methods},
    {0, NULL},
};

static PyType_Spec tag_spec = {
    .name = "fatmorph.markup._core_c.Tag",
    .basicsize = sizeof(Tag),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_HAVE_VECTORCALL
             | Py_TPFLAGS_IMMUTABLETYPE,
    .slots = tag_slots,
};

/* --------------------------------------------------------------------------------- Element */

static PyObject *
element_new(PyTypeObject *Py_UNUSED(type), PyObject *Py_UNUSED(args),
            PyObject *Py_UNUSED(keywords))
{
    PyErr_SetString(PyExc_TypeError, "elements are made by calling a tag, such as div()");
    return NULL;
}

static PyObject *
element_attributes(PyObject *self, void *Py_UNUSED(closure))
{
    PyObject *written = written_of(ELEMENT(self));
    if (written == NULL) {
        return NULL;
    }
    PyObject *proxy = PyDictProxy_New(written);
    Py_DECREF(written);
    return proxy;
}

static PyObject *
element_children(PyObject *self, void *Py_UNUSED(closure))
{
    Py_ssize_t count = child_count(ELEMENT(self));
    PyObject *tuple = PyTuple_New(count);
    for (Py_ssize_t i = 0; tuple != NULL && i < count; i++) {
        PyTuple_SET_ITEM(tuple, i, Py_NewRef(children_of(ELEMENT(self))[i]));
    }
    return tuple;
}

/* Return a borrowed reference to the id's text, or NULL. */
static PyObject *
id_of(Element *element)
{
    PyObject *name_id = state_of(Py_TYPE(element))->str_id;
    for (uint32_t i = 0; i < element->pair_count; i++) {
        if (same_text(pair_name(element, i)->name, name_id)
            && pair_value(element, i) != Py_True) {
            return pair_value(element, i);
        }
    }
    return NULL;
}

static PyObject *
element_id(PyObject *self, void *Py_UNUSED(closure))
{
    PyObject *id = id_of(ELEMENT(self));
    return Py_NewRef(id == NULL ? Py_None : id);
}

static PyObject *
element_tag(PyObject *self, void *Py_UNUSED(closure))
{
    return Py_NewRef(ELEMENT(self)->tag->name);
}

static PyObject *
element_namespace(PyObject *self, void *Py_UNUSED(closure))
{
    return Py_NewRef(ELEMENT(self)->tag->namespace);
}

static PyObject *
element_str(PyObject *self)
{
    State *state = state_of(Py_TYPE(self));
    PyObject *text = rendered_text(state, ELEMENT(self));
    if (text == NULL) {
        return NULL;
    }
    PyObject *html = PyObject_CallOneArg((PyObject *)state->markup_type, text);
    Py_DECREF(text);
    return html;
}

static PyObject *
element_html(PyObject *self, PyObject *Py_UNUSED(unused))
{
    return element_str(self);
}

/* Plain text, so that f"{element}" is like f" {element}". */
static PyObject *
element_format(PyObject *self, PyObject *spec)
{
    if (!PyUnicode_Check(spec)) {
        PyErr_Format(PyExc_TypeError, "a format is text, not %.200s", Py_TYPE(spec)->tp_name);
        return NULL;
    }
    PyObject *text = rendered_text(state_of(Py_TYPE(self)), ELEMENT(self));
    if (text == NULL) {
        return NULL;
    }
    PyObject *formatted = PyObject_Format(text, spec);
    Py_DECREF(text);
    return formatted;
}

static PyObject *
element_encode(PyObject *self, PyObject *args, PyObject *keywords)
{
    static char *names[] = {"encoding", NULL};
    const char *encoding = "utf-8";
    if (!PyArg_ParseTupleAndKeywords(args, keywords, "|s:encode", names, &encoding)) {
        return NULL;
    }
    State *state = state_of(Py_TYPE(self));
    if (PyOS_stricmp(encoding, "utf-8") == 0) {
        return rendered_bytes(state, ELEMENT(self));
    }
    PyObject *text = rendered_text(state, ELEMENT(self));
    if (text == NULL) {
        return NULL;
    }
    PyObject *bytes = PyUnicode_AsEncodedString(text, encoding, NULL);
    Py_DECREF(text);
    return bytes;
}

static PyObject *
element_repr(PyObject *self)
{
    PyObject *attributes = element_attributes(self, NULL);
    if (attributes == NULL) {
        return NULL;
    }
    Element *element = ELEMENT(self);
    PyObject *text = PyObject_CallFunction(state_of(Py_TYPE(self))->summary, "OOn",
                                           element->tag->name, attributes, child_count(element));
    Py_DECREF(attributes);
    return text;
}

static PyObject *
element_reduce(PyObject *self, PyObject *Py_UNUSED(unused))
{
    PyObject *written = written_of(ELEMENT(self));
    PyObject *children = element_children(self, NULL);
    PyObject *generated = generated_range_of(ELEMENT(self));
    PyObject *reduced = NULL;
    if (written != NULL && children != NULL && generated != NULL) {
        reduced = Py_BuildValue("O(OOOO)", state_of(Py_TYPE(self))->revive_element,
                                ELEMENT(self)->tag, written, children, generated);
    }
    Py_XDECREF(written);
    Py_XDECREF(children);
    Py_XDECREF(generated);
    return reduced;
}

static PyMemberDef element_members[] = {
    {"__weaklistoffset__", Py_T_PYSSIZET, offsetof(Element, weak_references), Py_READONLY, NULL},
    {NULL, 0, 0, 0, NULL},
};

static PyGetSetDef element_getset[] = {
    {"tag", element_tag, NULL, "The name, as in the DOM's nodeName for other nodes.", NULL},
    {"namespace", element_namespace, NULL, "The namespace: html, svg or mathml.", NULL},
    {"attributes", element_attributes, NULL, "Unescaped text, or True for a bare name.", NULL},
    {"children", element_children, NULL, "str is text, Markup is trusted HTML.", NULL},
    {"id", element_id, NULL, "The id, or None.", NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyMethodDef element_methods[] = {
    {"encode", (PyCFunction)(void (*)(void))element_encode, METH_VARARGS | METH_KEYWORDS,
     "Return the HTML as bytes, as str.encode() does."},
    {"__html__", element_html, METH_NOARGS, NULL},
    {"__format__", element_format, METH_O, NULL},
    {"__reduce__", element_reduce, METH_NOARGS, NULL},
    {"__copy__", return_self, METH_NOARGS, NULL},
    {"__deepcopy__", return_self, METH_O, NULL},
    {NULL, NULL, 0, NULL},
};

PyDoc_STRVAR(element_doc, "An immutable node of a page: a name, attributes and children.");

static PyType_Slot element_slots[] = {
    {Py_tp_doc, (void *)element_doc},
    {Py_tp_new, element_new},
    {Py_tp_dealloc, element_dealloc},
    {Py_tp_richcompare, element_richcompare},
    {Py_tp_hash, element_hash},
    {Py_tp_str, element_str},
    {Py_tp_repr, element_repr},
    {Py_tp_members, element_members},
    {Py_tp_getset, element_getset},
    {Py_tp_methods, element_methods},
    {0, NULL},
};

static PyType_Spec element_spec = {
    .name = "fatmorph.markup._core_c.Element",
    .basicsize = offsetof(Element, slots),
    .itemsize = sizeof(PyObject *),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_IMMUTABLETYPE,
    .slots = element_slots,
};

#endif
