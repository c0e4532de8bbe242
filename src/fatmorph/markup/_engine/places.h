/* Places: in development, each call of a tag notes the file and the line that called it.

   The note is a copy of the tag, one for each place in the program, so an element has no field for
   it. Outside of development, a call costs one comparison more.

   Holds function bodies: a part of _core_c.c, not an interface. */

#ifndef FATMORPH_PLACES_H
#define FATMORPH_PLACES_H

#include "escaping.h"
#include "tree.h"

/* A program has a few thousand calls of tags: this many are found by their address. */
#define RECENT_PLACES 4096

struct RecentPlace {
    Tag *tag;
    PyCodeObject *code;
    int instruction;
    Tag *placed;
};

static void
forget_places(State *state)
{
    RecentPlace *places = state->recent_places;
    state->recent_places = NULL;
    Py_CLEAR(state->library);
    for (size_t i = 0; places != NULL && i < RECENT_PLACES; i++) {
        Py_XDECREF(places[i].tag);
        Py_XDECREF(places[i].code);
        Py_XDECREF(places[i].placed);
    }
    PyMem_Free(places);
}

/* Return the start of a tag with an attribute for its place; not of a script, which a changed
   attribute would run again. */
static PyObject *
placed_start(Tag *tag, PyObject *place)
{
    if (!tag->has_start_end || PyUnicode_CompareWithASCIIString(tag->name, "script") == 0) {
        return Py_NewRef(tag->start);
    }
    PyObject *value = escaped(place, ATTRIBUTE);
    PyObject *text = value == NULL ? NULL : PyUnicode_FromFormat(" data-made-at=\"%U\"", value);
    Py_XDECREF(value);
    PyObject *bytes = text == NULL ? NULL : PyUnicode_AsEncodedString(text, "utf-8", "replace");
    Py_XDECREF(text);
    if (bytes == NULL) {
        return NULL;
    }
    PyObject *start = Py_NewRef(tag->start);
    PyBytes_ConcatAndDel(&start, bytes);
    return start;
}

static Tag *
new_placed_tag(State *state, Tag *tag, PyCodeObject *code, int instruction)
{
    PyObject *place = PyUnicode_FromFormat("%U:%d", code->co_filename,
                                           PyCode_Addr2Line(code, instruction));
    if (place == NULL) {
        return NULL;
    }
    PyObject *start =
        state->writes_places ? placed_start(tag, place) : Py_NewRef(tag->start);
    Tag *placed = start == NULL
                      ? NULL
                      : (Tag *)state->tag_type->tp_alloc(state->tag_type, 0);
    if (placed == NULL) {
        Py_DECREF(place);
        Py_XDECREF(start);
        return NULL;
    }
    placed->vectorcall = tag->vectorcall;
    placed->name = Py_NewRef(tag->name);
    placed->namespace = Py_NewRef(tag->namespace);
    placed->check = Py_XNewRef(tag->check);
    placed->attribute_check = Py_XNewRef(tag->attribute_check);
    placed->start = start;
    placed->end = Py_NewRef(tag->end);
    placed->place = place;
    placed->has_start_end = tag->has_start_end;
    placed->is_newline_dropping = tag->is_newline_dropping;
    placed->is_fragment = tag->is_fragment;
    placed->heeds = tag->heeds;
    placed->holds = tag->holds;
    return placed;
}

/* Return the tag for a call at a place of the program. */
static Tag *
tag_at(State *state, Tag *tag, PyCodeObject *code, int instruction)
{
#ifdef Py_GIL_DISABLED /* another thread may read an entry that is being replaced */
    return new_placed_tag(state, tag, code, instruction);
#else
    uintptr_t mixed = ((uintptr_t)code >> 4) + ((uintptr_t)tag >> 4) + (uintptr_t)instruction;
    RecentPlace *recent = &state->recent_places[mixed % RECENT_PLACES];
    if (recent->tag == tag && recent->code == code && recent->instruction == instruction) {
        return (Tag *)Py_NewRef(recent->placed);
    }
    Tag *placed = new_placed_tag(state, tag, code, instruction);
    if (placed != NULL) {
        RecentPlace old = *recent;
        *recent = (RecentPlace){(Tag *)Py_NewRef(tag), (PyCodeObject *)Py_NewRef(code),
                                instruction, (Tag *)Py_NewRef(placed)};
        Py_XDECREF(old.tag);
        Py_XDECREF(old.code);
        Py_XDECREF(old.placed);
    }
    return placed;
#endif
}

/* Return the tag with the place of the innermost frame outside of the library. */
static Tag *
placed_tag(State *state, Tag *tag)
{
    PyFrameObject *frame = (PyFrameObject *)Py_XNewRef(PyEval_GetFrame()); /* was borrowed */
    Tag *placed = NULL;
    while (frame != NULL) {
        PyCodeObject *code = PyFrame_GetCode(frame);
        Py_ssize_t is_inside =
            PyUnicode_Tailmatch(code->co_filename, state->library, 0, PY_SSIZE_T_MAX, -1);
        if (is_inside == 0) {
            placed = tag_at(state, tag, code, PyFrame_GetLasti(frame));
        }
        Py_DECREF(code);
        PyFrameObject *caller = is_inside == 1 ? PyFrame_GetBack(frame) : NULL;
        Py_DECREF(frame);
        if (is_inside != 1) {
            return placed;
        }
        frame = caller;
    }
    return (Tag *)Py_NewRef(tag); /* no program has called it */
}

static PyObject *
core_record_places(PyObject *module, PyObject *args)
{
    State *state = PyModule_GetState(module);
    PyObject *library;
    int is_written;
    if (!PyArg_ParseTuple(args, "Op:record_places", &library, &is_written)) {
        return NULL;
    }
    if (library != Py_None && !PyUnicode_CheckExact(library)) {
        PyErr_SetString(PyExc_TypeError, "the folder of the library is str or None");
        return NULL;
    }
    forget_places(state);
    if (library != Py_None) {
        state->recent_places = PyMem_Calloc(RECENT_PLACES, sizeof(RecentPlace));
        if (state->recent_places == NULL) {
            return PyErr_NoMemory();
        }
        state->library = Py_NewRef(library);
        state->writes_places = is_written != 0;
    }
    Py_RETURN_NONE;
}

#endif
