/* The state of the module for each interpreter, the limits, and the headers of Python.

   Holds function bodies: a part of _core_c.c, not an interface. */

#ifndef FATMORPH_STATE_H
#define FATMORPH_STATE_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#if PY_VERSION_HEX < 0x030C0000
#include <structmember.h>
#define Py_T_OBJECT_EX T_OBJECT_EX
#define Py_T_PYSSIZET T_PYSSIZET
#define Py_READONLY READONLY
#endif
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Names outlive requests and may contain user data: a full cache is cleared, and long names are
   not cached, as in _attributes.py. */
#define MAX_CACHED_NAMES 4096
#define MAX_CACHED_CHARACTERS 128
/* The calls in a program have few different keywords: this many are found by their address. */
#define RECENT_KEYWORDS 256
/* Lists in lists are flattened. A list that is nested deeper than this contains itself. */
#define MAX_NESTED_ITERABLES 100
/* The greatest number of children before or after generated ones: each number is one byte. */
#define MAX_BESIDE_GENERATED UINT8_MAX
/* The end of the message of a RecursionError. */
#define RECURSION " while flattening the children of an element"
/* Enough for every element of an ordinary page, so that a call needs no malloc(). */
#define INLINE_CHILDREN 32
#define INLINE_PAIRS 8
#define INLINE_FRAMES 48
/* Deeper elements are freed from a list, because each level needs a C stack frame. */
#define MAX_FREEING_DEPTH 64
/* has_pair() searches all pairs: more than these, as in generated code, are added with a dict. */
#define MAX_SEARCHED_PAIRS 64
/* The texts of smaller numbers are made in advance: 1,000 of them take about 60 kB. */
#define SMALL_NUMBERS 1000
/* A buffer begins with about the size of the last page, between these limits: a short page, and
   the largest block that malloc() returns without a system call. */
#define MIN_BUFFER 4096
#define MAX_FIRST_BUFFER (120 * 1024)
/* A class or style mapping with a longer text is joined in Python. */
#define MAX_JOINED 1024
/* So that no index of a pair overflows. */
#define MAX_PAIRS (INT32_MAX / 4)

/* A keyword and its Name. Both references are strong: the address of a freed keyword could
   become that of another object. */
typedef struct {
    PyObject *keyword;
    PyObject *name;
} RecentKeyword;

typedef struct RecentPlace RecentPlace; /* in places.h */

typedef struct {
    PyTypeObject *tag_type;
    PyTypeObject *element_type;
    PyTypeObject *name_type;
    PyTypeObject *memo_type;
    PyTypeObject *markup_type;
    PyTypeObject *attrs_type;
    PyTypeObject *expression_type;
    PyTypeObject *shortcut_type;
    Py_ssize_t attrs_written; /* where Attrs have their slots */
    Py_ssize_t attrs_name;
    Py_ssize_t attrs_text;
    PyObject *mapping_type;
    PyObject *names;         /* attribute name -> Name */
    PyObject *keywords;      /* keyword -> Name, or None if every value needs its own check */
    PyObject *written_names; /* key of a mapping -> Name or None, likewise */
    PyObject *fragment_tag;
    PyObject *comment_tag;
    /* functions of _call.py */
    PyObject *tag_parts;
    PyObject *add_keyword;
    PyObject *add_mapping;
    PyObject *convert_child;
    PyObject *is_attributes;
    PyObject *uncalled_tag;
    PyObject *note_failure;
    PyObject *check_generator;
    PyObject *too_deep;
    PyObject *unencodable;
    PyObject *verbatim_keyword;
    PyObject *verbatim_key;
    PyObject *summary;
    PyObject *revive_tag;
    PyObject *revive_element;
    PyObject *str_id;    /* "id" */
    PyObject *str_value; /* "value" */
    PyObject *small_numbers; /* a tuple: "0", "1", … */
    RecentKeyword recent_keywords[RECENT_KEYWORDS];
    PyObject *library; /* the folder whose frames are not noted; NULL: no places are noted */
    RecentPlace *recent_places;
    bool writes_places; /* whether the HTML has the places */
    size_t first_buffer; /* the first size of the next buffer */
} State;

/* Return a larger array in place of one that begins as part of an object, with what is used of it;
   NULL on error. */
static void *
larger_array(void *array, const void *inline_array, size_t used_bytes, size_t bytes)
{
    bool is_inline = array == inline_array;
    void *larger = is_inline ? PyMem_Malloc(bytes) : PyMem_Realloc(array, bytes);
    if (larger == NULL) {
        PyErr_NoMemory();
    }
    else if (is_inline) {
        memcpy(larger, inline_array, used_bytes);
    }
    return larger;
}

/* Return where an object has the slot of this offset; NULL in it: not assigned. */
static inline PyObject **
slot_of(PyObject *object, Py_ssize_t offset)
{
    return (PyObject **)(void *)((char *)object + offset);
}

static inline State *
state_of(PyTypeObject *type)
{
    return (State *)PyType_GetModuleState(type);
}

/* Every object of the state, for the garbage collector and for deallocation. */
#define FOR_EACH_MEMBER(DO)                                                                    \
    DO(tag_type) DO(element_type) DO(name_type) DO(memo_type) DO(markup_type) DO(attrs_type)   \
    DO(expression_type) DO(shortcut_type)                                                      \
    DO(mapping_type) DO(names) DO(keywords) DO(written_names) DO(fragment_tag)                 \
    DO(comment_tag) DO(tag_parts) DO(add_keyword) DO(add_mapping) DO(convert_child)            \
    DO(is_attributes)                                                                          \
    DO(uncalled_tag) DO(note_failure) DO(check_generator) DO(too_deep) DO(unencodable)         \
    DO(verbatim_keyword) DO(verbatim_key) DO(summary) DO(revive_tag) DO(revive_element)        \
    DO(str_id) DO(str_value) DO(small_numbers)

#endif
