/* What the module keeps for each interpreter, the limits, and what every part includes.

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

/* Names outlive requests, and user data may be among them: a cache starts anew past so many, and
   keeps none with more characters, as those in attributes.py. */
#define MAX_CACHED_NAMES 4096
#define MAX_CACHED_CHARACTERS 128
/* Keywords of the calls in a program are few: so many of them are found by their address. */
#define RECENT_KEYWORDS 256
/* Lists that hold lists are flattened; deeper than this only a list that holds itself goes. */
#define MAX_NESTED_ITERABLES 100
/* How many children before or after generated ones are counted: what a byte holds. */
#define MAX_BESIDE_GENERATED UINT8_MAX
/* The end of the message when the C stack would not suffice. */
#define RECURSION " while flattening the children of an element"
/* Enough for every element of an ordinary page without asking for memory. */
#define INLINE_CHILDREN 32
#define INLINE_PAIRS 8
#define INLINE_FRAMES 48
/* Deeper nests are freed from a list, because each level takes a C stack frame. */
#define MAX_FREEING_DEPTH 64
/* What has more attributes than people write is left to a dict, which does not search. */
#define MAX_SEARCHED_PAIRS 64
/* Numbers below have their text made in advance: 1,000 of them take some 60 kB. */
#define SMALL_NUMBERS 1000
/* A buffer begins with what the last page took, within these: a short page, and what malloc()
   gives without asking the system. */
#define MIN_BUFFER 4096
#define MAX_FIRST_BUFFER (120 * 1024)
/* So that no index of a pair overflows; no element comes near. */
#define MAX_PAIRS (INT32_MAX / 4)

/* A keyword and its Name; both strong, so that no other object gets the address. */
typedef struct {
    PyObject *keyword;
    PyObject *name;
} RecentKeyword;

typedef struct {
    PyTypeObject *tag_type;
    PyTypeObject *element_type;
    PyTypeObject *name_type;
    PyTypeObject *markup_type;
    PyTypeObject *attrs_type;
    PyObject *mapping_type;
    PyObject *names;         /* attribute name -> Name */
    PyObject *keywords;      /* keyword -> Name, if any str is written as it is */
    PyObject *written_names; /* key of a mapping -> Name, likewise */
    PyObject *fragment_tag;
    PyObject *comment_tag;
    /* functions of markup/building.py */
    PyObject *tag_parts;
    PyObject *add_keyword;
    PyObject *add_mapping;
    PyObject *convert_child;
    PyObject *uncalled_tag;
    PyObject *note_failure;
    PyObject *check_generator;
    PyObject *too_deep;
    PyObject *unencodable;
    PyObject *verbatim_keyword;
    PyObject *verbatim_key;
    PyObject *revive_tag;
    PyObject *revive_element;
    PyObject *str_written; /* "_written" */
    PyObject *str_id;      /* "id" */
    PyObject *small_numbers; /* a tuple: "0", "1", … */
    RecentKeyword recent_keywords[RECENT_KEYWORDS];
    size_t first_buffer; /* how large the next buffer begins */
} State;

static inline State *
state_of(PyTypeObject *type)
{
    return (State *)PyType_GetModuleState(type);
}

/* Every object of the state, for the collector and for the end. */
#define FOR_EACH_MEMBER(DO)                                                                    \
    DO(tag_type) DO(element_type) DO(name_type) DO(markup_type) DO(attrs_type)                 \
    DO(mapping_type) DO(names) DO(keywords) DO(written_names) DO(fragment_tag)                 \
    DO(comment_tag) DO(tag_parts) DO(add_keyword) DO(add_mapping) DO(convert_child)            \
    DO(uncalled_tag) DO(note_failure) DO(check_generator) DO(too_deep) DO(unencodable)         \
    DO(verbatim_keyword) DO(verbatim_key) DO(revive_tag) DO(revive_element) DO(str_written)    \
    DO(str_id) DO(small_numbers)

#endif
