/* The compiled engine: tags, elements and the walk that renders them.

   A drop-in for _core_py.py (PEP 399): same names, same results, same errors. It adds no
   behaviour. Whatever is not an everyday value is handed to the functions that both engines
   share (markup/building.py), so that no rule and no sentence is written twice.

   Invariants
   - An element is immutable, and holds only exact str, exact Markup, elements, True, tags and
     names. None of these can point back, so no cycle can form and elements need no garbage
     collector.
   - Rendering, comparison, hashing and deallocation use no recursion: trees may be of any depth.
   - Rendering runs no Python code.
   - Caches may be emptied at any time: who takes a Name out of one holds a reference to it.
   - There is no static mutable state but the chain of elements that one thread is freeing. */

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

/* Names outlive requests, and user data may be among them: the caches start anew past this. */
#define MAX_CACHED_NAMES 4096
/* Lists that hold lists are flattened; deeper than this only a list that holds itself goes. */
#define MAX_NESTED_ITERABLES 100
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
/* So that no index of a pair overflows; no element comes near. */
#define MAX_PAIRS (INT32_MAX / 4)

/* ------------------------------------------------------------------ the module's own state */

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
    PyObject *new_element;
    PyObject *str_written; /* "_written" */
    PyObject *str_id;      /* "id" */
} State;

static inline State *
state_of(PyTypeObject *type)
{
    return (State *)PyType_GetModuleState(type);
}

/* ------------------------------------------------------------------------ attribute names */

/* Which rules an attribute's values have, as building.py numbers them. */
enum { UNKNOWN_KIND = -1, ANY_VALUE, TRUE_FALSE_VALUE, CLASS_VALUE, STYLE_VALUE, URL_VALUE };

/* A checked attribute name with its spelling in a start tag. */
typedef struct {
    PyObject_HEAD
    PyObject *name;     /* exact str */
    PyObject *spelling; /* bytes: space, name, =" */
    Py_hash_t hash;
    int kind; /* the rules for its values, by which this engine writes the plain ones */
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

static int
cache_set(PyObject *cache, PyObject *key, PyObject *value)
{
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
    Py_XDECREF(found); /* it was made by who did not know */
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

/* Two Names of one text exist while an element holds one that its cache has dropped. */
static inline bool
same_name(const Name *one, const Name *other)
{
    return one == other || (one->hash == other->hash && same_text(one->name, other->name));
}

/* Remember what `resolve`, a shared function, says of an exact str: its Name if any str is
   written as it is, None if the values of this attribute have to be looked at. */
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

/* Set *name to the Name of a keyword that takes any str as it is, or to NULL if the values of
   this attribute have to be looked at. Return -1 on error. */
static int
keyword_name(State *state, PyObject *keyword, Name **name)
{
    *name = NULL;
    /* ** also takes subclasses of str; the caches hold nothing that runs code when compared */
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
    Py_DECREF(exact);
    if (failed == 0 && found == Py_None) {
        Py_CLEAR(found);
    }
    *name = (Name *)found;
    return failed;
}

/* ------------------------------------------------------------------------ tags and elements */

typedef struct {
    PyObject_HEAD
    vectorcallfunc vectorcall;
    PyObject *name;
    PyObject *namespace;
    PyObject *check; /* called with the name and the children, returns children; or NULL */
    PyObject *start; /* bytes: <div */
    PyObject *end;   /* bytes: </div> */
    bool has_start_end; /* whether > closes the start tag */
    bool is_newline_dropping;
    bool is_fragment;
} Tag;

typedef struct {
    PyObject_VAR_HEAD
    PyObject *weak_references;
    Tag *tag;
    PyObject *html; /* bytes, if frozen */
    uint32_t pair_count;
    bool is_html_unencodable;
    PyObject *slots[]; /* pairs of Name and value (str or True), then children */
} Element;

#define ELEMENT(object) ((Element *)(object))

static inline Py_ssize_t
child_count(const Element *element)
{
    return Py_SIZE(element) - 2 * (Py_ssize_t)element->pair_count;
}

static inline PyObject **
children_of(Element *element)
{
    return element->slots + 2 * (size_t)element->pair_count;
}

static inline Name *
pair_name(const Element *element, uint32_t index)
{
    return (Name *)element->slots[2 * index];
}

static inline PyObject *
pair_value(const Element *element, uint32_t index)
{
    return element->slots[2 * index + 1];
}

static void
free_element(PyObject *self)
{
    Element *element = ELEMENT(self);
    PyTypeObject *type = Py_TYPE(self);
    if (element->weak_references != NULL) {
        PyObject_ClearWeakRefs(self);
    }
    Py_XDECREF(element->tag);
    Py_XDECREF(element->html);
    for (Py_ssize_t i = Py_SIZE(element) - 1; i >= 0; i--) {
        Py_XDECREF(element->slots[i]);
    }
    type->tp_free(self);
    Py_DECREF(type);
}

/* The elements whose turn to be freed comes when the C stack has unwound. Each thread frees its
   own; the type tells its interpreters apart, as a weak reference's callback may enter another. */
typedef struct {
    PyTypeObject *type;
    int depth;
    Element *postponed; /* a chain through the html fields, which nobody needs any more */
} Freeing;

static _Thread_local Freeing freeing = {NULL, 0, NULL};

static void
free_postponed(void)
{
    while (freeing.postponed != NULL) {
        Element *next = freeing.postponed;
        freeing.postponed = ELEMENT(next->html);
        next->html = NULL;
        freeing.depth++;
        free_element((PyObject *)next);
        freeing.depth--;
    }
}

static void
element_dealloc(PyObject *self)
{
    Element *element = ELEMENT(self);
    if (freeing.type == Py_TYPE(self)) {
        if (freeing.depth >= MAX_FREEING_DEPTH) {
            Py_CLEAR(element->html);
            element->html = (PyObject *)freeing.postponed;
            freeing.postponed = element;
            return;
        }
        freeing.depth++;
        free_element(self);
        freeing.depth--;
        return;
    }
    Freeing outer = freeing;
    freeing = (Freeing){Py_TYPE(self), 1, NULL};
    free_element(self);
    free_postponed();
    freeing = outer;
}

/* What a call collects before it knows how large the element is. All references are strong. */
typedef struct {
    State *state;
    Tag *tag;
    PyObject **children;
    Py_ssize_t child_count;
    Py_ssize_t child_capacity;
    PyObject *inline_children[INLINE_CHILDREN];
    PyObject **pairs;
    Py_ssize_t pair_count;
    Py_ssize_t pair_capacity;
    PyObject *inline_pairs[2 * INLINE_PAIRS];
} Builder;

static void
builder_init(Builder *builder, State *state, Tag *tag)
{
    builder->state = state;
    builder->tag = tag;
    builder->children = builder->inline_children;
    builder->child_count = 0;
    builder->child_capacity = INLINE_CHILDREN;
    builder->pairs = builder->inline_pairs;
    builder->pair_count = 0;
    builder->pair_capacity = INLINE_PAIRS;
}

static void
builder_clear(Builder *builder)
{
    for (Py_ssize_t i = 0; i < builder->child_count; i++) {
        Py_DECREF(builder->children[i]);
    }
    for (Py_ssize_t i = 0; i < 2 * builder->pair_count; i++) {
        Py_DECREF(builder->pairs[i]);
    }
    builder->child_count = builder->pair_count = 0;
    if (builder->children != builder->inline_children) {
        PyMem_Free(builder->children);
    }
    if (builder->pairs != builder->inline_pairs) {
        PyMem_Free(builder->pairs);
    }
}

/* Make room for more pointers in an array that begins as part of the builder. */
static int
grow(PyObject ***array, PyObject **inline_array, Py_ssize_t used, Py_ssize_t capacity)
{
    if (capacity > PY_SSIZE_T_MAX / (Py_ssize_t)sizeof(PyObject *)) {
        PyErr_NoMemory();
        return -1;
    }
    size_t size = (size_t)capacity * sizeof(PyObject *);
    PyObject **larger = *array == inline_array ? PyMem_Malloc(size) : PyMem_Realloc(*array, size);
    if (larger == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    if (*array == inline_array) {
        memcpy(larger, inline_array, (size_t)used * sizeof(PyObject *));
    }
    *array = larger;
    return 0;
}

/* Add a child; steals the reference, also on error. */
static inline int
push_child(Builder *builder, PyObject *child)
{
    if (builder->child_count == builder->child_capacity) {
        Py_ssize_t capacity = 2 * builder->child_capacity;
        if (grow(&builder->children, builder->inline_children, builder->child_count, capacity)
            < 0) {
            Py_DECREF(child);
            return -1;
        }
        builder->child_capacity = capacity;
    }
    builder->children[builder->child_count++] = child;
    return 0;
}

/* Add an attribute; steals both references, also on error. */
static inline int
push_pair(Builder *builder, Name *name, PyObject *value)
{
    if (builder->pair_count == builder->pair_capacity) {
        Py_ssize_t capacity = 2 * builder->pair_capacity;
        if (grow(&builder->pairs, builder->inline_pairs, 2 * builder->pair_count, 2 * capacity)
            < 0) {
            Py_DECREF(name);
            Py_DECREF(value);
            return -1;
        }
        builder->pair_capacity = capacity;
    }
    builder->pairs[2 * builder->pair_count] = (PyObject *)name;
    builder->pairs[2 * builder->pair_count + 1] = value;
    builder->pair_count++;
    return 0;
}

static inline bool
has_pair(const Builder *builder, const Name *name)
{
    for (Py_ssize_t i = 0; i < builder->pair_count; i++) {
        if (same_name((Name *)builder->pairs[2 * i], name)) { /* borrowed */
            return true;
        }
    }
    return false;
}

/* Return an element with room for its slots, which the caller has to fill at once. */
static Element *
empty_element(State *state, Tag *tag, Py_ssize_t pair_count, Py_ssize_t child_count)
{
    if (pair_count > MAX_PAIRS) {
        PyErr_NoMemory();
        return NULL;
    }
    Element *element =
        PyObject_NewVar(Element, state->element_type, 2 * pair_count + child_count);
    if (element == NULL) {
        return NULL;
    }
    element->weak_references = NULL;
    element->tag = (Tag *)Py_NewRef(tag);
    element->html = NULL;
    element->pair_count = (uint32_t)pair_count;
    element->is_html_unencodable = false;
    return element;
}

/* Return an element that is equal, and not frozen. */
static Element *
copied_element(State *state, Element *element)
{
    Element *copy =
        empty_element(state, element->tag, element->pair_count, child_count(element));
    if (copy == NULL) {
        return NULL;
    }
    for (Py_ssize_t i = 0; i < Py_SIZE(element); i++) {
        copy->slots[i] = Py_NewRef(element->slots[i]);
    }
    return copy;
}

/* Return the element; the builder's references move into it. */
static Element *
builder_finish(Builder *builder)
{
    Element *element = empty_element(builder->state, builder->tag, builder->pair_count,
                                     builder->child_count);
    if (element == NULL) {
        return NULL;
    }
    memcpy(element->slots, builder->pairs, 2 * (size_t)builder->pair_count * sizeof(PyObject *));
    memcpy(children_of(element), builder->children,
           (size_t)builder->child_count * sizeof(PyObject *));
    builder->pair_count = builder->child_count = 0;
    return element;
}

/* ----------------------------------------------------------------------------- building */

/* Where an argument stands: its index, and the places of the iterables around it. */
typedef struct Place {
    const struct Place *outer;
    Py_ssize_t index;
    Py_ssize_t depth; /* 1 for an argument itself */
} Place;

static PyObject *
place_tuple(const Place *place)
{
    PyObject *tuple = PyTuple_New(place->depth);
    for (; tuple != NULL && place != NULL; place = place->outer) {
        PyObject *index = PyLong_FromSsize_t(place->index);
        if (index == NULL) {
            Py_CLEAR(tuple);
        }
        else {
            PyTuple_SET_ITEM(tuple, place->depth - 1, index);
        }
    }
    return tuple;
}

/* Call a shared function with the element's name, an object and the place of it. */
static PyObject *
call_with_place(PyObject *function, Tag *tag, PyObject *item, const Place *place)
{
    PyObject *tuple = place_tuple(place);
    if (tuple == NULL) {
        return NULL;
    }
    PyObject *result = PyObject_CallFunctionObjArgs(function, tag->name, item, tuple, NULL);
    Py_DECREF(tuple);
    return result;
}

static int add_children(Builder *builder, PyObject *items, const Place *place);

static bool
is_child(State *state, PyObject *object)
{
    PyTypeObject *type = Py_TYPE(object);
    return type == &PyUnicode_Type || type == state->markup_type
           || (type == state->element_type && !ELEMENT(object)->tag->is_fragment);
}

/* Add what is no everyday child, as the shared function says. */
static int
add_converted(Builder *builder, PyObject *item, const Place *place)
{
    State *state = builder->state;
    bool is_tag = Py_IS_TYPE(item, state->tag_type);
    PyObject *child = call_with_place(is_tag ? state->uncalled_tag : state->convert_child,
                                      builder->tag, item, place);
    if (child == NULL) {
        return -1;
    }
    if (child == Py_NotImplemented) { /* an iterable */
        Py_DECREF(child);
        return add_children(builder, item, place);
    }
    if (!is_child(state, child)) {
        PyErr_Format(PyExc_TypeError, "a child is not %.200s", Py_TYPE(child)->tp_name);
        Py_DECREF(child);
        return -1;
    }
    return push_child(builder, child);
}

/* Add one child, or the children in an iterable. */
static int
add_child(Builder *builder, PyObject *item, const Place *place)
{
    State *state = builder->state;
    PyTypeObject *type = Py_TYPE(item);
    if (type == state->element_type) {
        if (!ELEMENT(item)->tag->is_fragment) {
            return push_child(builder, Py_NewRef(item));
        }
        PyObject **children = children_of(ELEMENT(item));
        for (Py_ssize_t i = 0, n = child_count(ELEMENT(item)); i < n; i++) {
            if (push_child(builder, Py_NewRef(children[i])) < 0) {
                return -1;
            }
        }
        return 0;
    }
    if (type == &PyUnicode_Type || type == state->markup_type) {
        return push_child(builder, Py_NewRef(item));
    }
    if (item == Py_None || item == Py_True || item == Py_False) {
        return 0;
    }
    if (type == &PyList_Type || type == &PyTuple_Type || type == &PyGen_Type) {
        return add_children(builder, item, place);
    }
    if (type == &PyLong_Type || type == &PyFloat_Type) {
        PyObject *text = PyObject_Repr(item);
        return text == NULL ? -1 : push_child(builder, text);
    }
    return add_converted(builder, item, place);
}

/* Return the exception that is being raised, which no longer is. */
static PyObject *
taken_error(void)
{
#if PY_VERSION_HEX >= 0x030C0000
    return PyErr_GetRaisedException();
#else
    PyObject *type, *error, *traceback;
    PyErr_Fetch(&type, &error, &traceback);
    PyErr_NormalizeException(&type, &error, &traceback);
    if (traceback != NULL) {
        PyException_SetTraceback(error, traceback); /* fails for no traceback that is one */
        Py_DECREF(traceback);
    }
    Py_XDECREF(type);
    return error;
#endif
}

static void
raise_error(PyObject *error)
{
#if PY_VERSION_HEX >= 0x030C0000
    PyErr_SetRaisedException(error);
#else
    PyErr_Restore(Py_NewRef(Py_TYPE(error)), error, PyException_GetTraceback(error));
#endif
}

/* Say in the exception of the user's own code what was being built. */
static int
note_failure(Builder *builder, const Place *place)
{
    PyObject *error = taken_error();
    PyObject *noted = call_with_place(builder->state->note_failure, builder->tag, error, place);
    if (noted != NULL) {
        Py_DECREF(noted);
        raise_error(error);
        return -1;
    }
    /* An exception while one is handled, which a KeyboardInterrupt may be too: the later one
       is raised and names the earlier, as Python's own does. */
    PyObject *later = taken_error();
    if (later != error) {
        PyException_SetContext(later, error);
    }
    else {
        Py_DECREF(error);
    }
    raise_error(later);
    return -1;
}

/* Add the items of a list or tuple: by index and with the length read anew, as its own iterator
   does, because building a child may change the list. */
static int
add_items(Builder *builder, PyObject *items, Place *place)
{
    bool is_list = PyList_CheckExact(items);
    for (; place->index < PySequence_Fast_GET_SIZE(items); place->index++) {
#if PY_VERSION_HEX >= 0x030D0000
        PyObject *item = is_list ? PyList_GetItemRef(items, place->index)
                                 : Py_NewRef(PyTuple_GET_ITEM(items, place->index));
        if (item == NULL) {
            PyErr_Clear(); /* another thread made the list shorter */
            return 0;
        }
#else
        PyObject *item = Py_NewRef(is_list ? PyList_GET_ITEM(items, place->index)
                                           : PyTuple_GET_ITEM(items, place->index));
#endif
        int failed = add_child(builder, item, place);
        Py_DECREF(item);
        if (failed < 0) {
            return -1;
        }
    }
    return 0;
}

static int
add_iterated(Builder *builder, PyObject *items, Place *place)
{
    PyObject *iterator = PyObject_GetIter(items);
    if (iterator == NULL) {
        return -1;
    }
    /* Counted twice: an iterator such as map() may call a tag without counting its own frames. */
    int failed = Py_EnterRecursiveCall(RECURSION) ? -1 : 0;
    if (failed == 0) {
        PyObject *item;
        while (failed == 0 && (item = PyIter_Next(iterator)) != NULL) {
            failed = add_child(builder, item, place);
            Py_DECREF(item);
            place->index += failed == 0;
        }
        Py_LeaveRecursiveCall();
    }
    Py_DECREF(iterator);
    return failed < 0 || PyErr_Occurred() ? -1 : 0;
}

/* Add the children in an iterable. */
static int
add_children(Builder *builder, PyObject *items, const Place *outer)
{
    State *state = builder->state;
    if (outer->depth > MAX_NESTED_ITERABLES) {
        Py_XDECREF(call_with_place(state->too_deep, builder->tag, items, outer));
        return -1;
    }
    if (PyGen_CheckExact(items)) {
        PyObject *checked = call_with_place(state->check_generator, builder->tag, items, outer);
        if (checked == NULL) {
            return -1;
        }
        Py_DECREF(checked);
    }
    Place place = {outer, 0, outer->depth + 1};
    if (Py_EnterRecursiveCall(RECURSION)) {
        return note_failure(builder, &place);
    }
    int failed = PyList_CheckExact(items) || PyTuple_CheckExact(items)
                     ? add_items(builder, items, &place)
                     : add_iterated(builder, items, &place);
    Py_LeaveRecursiveCall();
    return failed < 0 ? note_failure(builder, &place) : 0;
}

/* Add the pairs of a dict that the shared functions wrote. */
static int
take_pairs(Builder *builder, PyObject *written)
{
    PyObject *key, *value; /* borrowed */
    Py_ssize_t position = 0;
    while (PyDict_Next(written, &position, &key, &value)) {
        /* Nothing else may be rendered, and a debugger's eye or a frame's locals reach the dict. */
        if (value != Py_True && !PyUnicode_CheckExact(value)) {
            PyErr_Format(PyExc_TypeError, "an attribute is a str or True, not %.200s",
                         Py_TYPE(value)->tp_name);
            return -1;
        }
        Name *name = name_for(builder->state, key, UNKNOWN_KIND);
        if (name == NULL || push_pair(builder, name, Py_NewRef(value)) < 0) {
            return -1;
        }
    }
    return 0;
}

/* Hand the pairs so far to a shared function as a dict, then take them back. */
static int
with_written(Builder *builder, PyObject *function, PyObject *first, PyObject *second)
{
    int failed = -1;
    PyObject *result = NULL;
    PyObject *written = PyDict_New();
    if (written == NULL) {
        return -1;
    }
    for (Py_ssize_t i = 0; i < builder->pair_count; i++) {
        Name *name = (Name *)builder->pairs[2 * i];
        if (PyDict_SetItem(written, name->name, builder->pairs[2 * i + 1]) < 0) {
            goto error;
        }
    }
    result = PyObject_CallFunctionObjArgs(function, written, builder->tag->name, first, second,
                                          NULL);
    if (result == NULL) {
        goto error;
    }
    for (Py_ssize_t i = 0; i < 2 * builder->pair_count; i++) {
        Py_DECREF(builder->pairs[i]);
    }
    builder->pair_count = 0;
    failed = take_pairs(builder, written);

error:
    Py_XDECREF(result);
    Py_DECREF(written);
    return failed;
}

/* Whether url.py would return the URL as it is: no scheme that runs code begins like this. */
static bool
is_harmless_url(PyObject *url)
{
    if (PyUnicode_GET_LENGTH(url) == 0) {
        return true;
    }
    Py_UCS4 first = PyUnicode_READ_CHAR(url, 0);
    return first > ' ' && (first >= 0x80 || strchr("jJvVdD", (int)first) == NULL);
}

/* Whether css.py would take the name for a property's; false if that is not plain to see. */
static bool
is_plain_property(PyObject *name)
{
    const char *text = (const char *)PyUnicode_1BYTE_DATA(name);
    size_t length = (size_t)PyUnicode_GET_LENGTH(name);
    return length > 0 && ((text[0] >= 'a' && text[0] <= 'z') || strncmp(text, "--", 2) == 0)
           && strspn(text, "-0123456789abcdefghijklmnopqrstuvwxyz") == length;
}

/* Whether css.py would take the text for one value; false if that is not plain to see. */
static bool
is_plain_css_value(PyObject *value)
{
    const char *text = (const char *)PyUnicode_1BYTE_DATA(value);
    Py_ssize_t length = PyUnicode_GET_LENGTH(value);
    Py_ssize_t open = 0;
    for (Py_ssize_t i = 0; i < length; i++) {
        char byte = text[i];
        if (Py_ISALNUM(byte) || (byte != '\0' && strchr("- #%.,_+!/", byte) != NULL)) {
            continue;
        }
        if (byte == '(' && (i == 0 || (text[i - 1] != 'l' && text[i - 1] != 'L')
                            || (i >= 3 && strncmp(text + i - 3, "hsl", 3) == 0))) {
            open++; /* not url(, which has rules of its own */
        }
        else if (byte != ')' || --open < 0) {
            return false;
        }
    }
    return open == 0;
}

/* The length of one item of a class or style mapping; 0 if it is left out, -1 if unsure. */
static Py_ssize_t
item_length(PyObject *key, PyObject *value, bool is_style)
{
    bool is_text = PyUnicode_CheckExact(value);
    if (!PyUnicode_CheckExact(key) || !PyUnicode_IS_COMPACT_ASCII(key)
        || PyUnicode_GET_LENGTH(key) == 0) {
        return -1;
    }
    if (!is_style) {
        if (!is_text && value != Py_None && !PyBool_Check(value)) {
            return -1;
        }
        bool is_wanted = is_text ? PyUnicode_GET_LENGTH(value) > 0 : value == Py_True;
        return is_wanted ? PyUnicode_GET_LENGTH(key) : 0;
    }
    if (!is_plain_property(key)) {
        return -1;
    }
    if (value == Py_None || value == Py_False) {
        return 0;
    }
    if (!is_text || !PyUnicode_IS_COMPACT_ASCII(value) || !is_plain_css_value(value)) {
        return -1;
    }
    return PyUnicode_GET_LENGTH(key) + 1 + PyUnicode_GET_LENGTH(value);
}

static char *
copy_ascii(char *out, PyObject *text)
{
    size_t length = (size_t)PyUnicode_GET_LENGTH(text);
    memcpy(out, PyUnicode_1BYTE_DATA(text), length);
    return out + length;
}

/* Write a mapping as the text of a class or style attribute; returns as plain_value() does. */
static int
joined_items(PyObject *mapping, bool is_style, PyObject **written)
{
#ifdef Py_GIL_DISABLED
    return 1; /* another thread may change the mapping */
#endif
    PyObject *key, *value; /* borrowed */
    Py_ssize_t position = 0;
    Py_ssize_t length = 0;
    while (PyDict_Next(mapping, &position, &key, &value)) {
        Py_ssize_t more = item_length(key, value, is_style);
        if (more < 0) {
            return 1;
        }
        length += more > 0 ? more + 1 : 0;
    }
    if (length == 0) {
        return 0;
    }
    *written = PyUnicode_New(length - 1, 127); /* no separator before the first */
    if (*written == NULL) {
        return -1;
    }
    char *start = (char *)PyUnicode_1BYTE_DATA(*written);
    char *out = start;
    position = 0;
    while (PyDict_Next(mapping, &position, &key, &value)) {
        if (item_length(key, value, is_style) == 0) {
            continue;
        }
        if (out > start) {
            *out++ = is_style ? ';' : ' ';
        }
        out = copy_ascii(out, key);
        if (is_style) {
            *out++ = ':';
            out = copy_ascii(out, value);
        }
    }
    return 0;
}

/* Set *written to what is written for a plain value, or to NULL to leave the attribute out.
   Return 1 if the value has to be looked at, -1 on error. Runs no Python code. */
static inline int
plain_value(const Name *name, PyObject *value, PyObject **written)
{
    *written = NULL;
    int kind = name->kind;
    if (PyUnicode_CheckExact(value)) {
        if (kind == URL_VALUE && !is_harmless_url(value)) {
            return 1;
        }
        *written = Py_NewRef(value);
        return 0;
    }
    if (kind == UNKNOWN_KIND) {
        return 1;
    }
    if (value == Py_None || (value == Py_False && kind != TRUE_FALSE_VALUE)) {
        return 0;
    }
    if (value == Py_True && (kind == ANY_VALUE || kind == URL_VALUE)) {
        *written = Py_NewRef(value);
        return 0;
    }
    if (kind == ANY_VALUE && (PyLong_CheckExact(value) || PyFloat_CheckExact(value))) {
        *written = PyObject_Repr(value);
        return *written == NULL ? -1 : 0;
    }
    if ((kind == CLASS_VALUE || kind == STYLE_VALUE) && PyDict_CheckExact(value)) {
        return joined_items(value, kind == STYLE_VALUE, written);
    }
    return 1;
}

/* Add an attribute if its value is plain, and the first of its name; steals the name. Return 1 if
   it has to be looked at, -1 on error. */
static inline int
add_plain_pair(Builder *builder, Name *name, PyObject *value)
{
    PyObject *written = NULL;
    int outcome = has_pair(builder, name) ? 1 : plain_value(name, value, &written);
    if (written == NULL) {
        Py_DECREF(name);
        return outcome;
    }
    return push_pair(builder, name, written);
}

/* Add the attributes of a dict if all can be written as they are. No Python code runs while it
   is read. Return 1 if the dict has to be looked at, with the pairs as they were, and *unknown
   set to a key that was not seen before, if there is one; -1 on error. */
static int
add_plain_items(Builder *builder, PyObject *mapping, PyObject **unknown)
{
    State *state = builder->state;
    PyObject *key, *value; /* borrowed */
    Py_ssize_t position = 0;
    while (PyDict_Next(mapping, &position, &key, &value)) {
        if (!PyUnicode_CheckExact(key)) {
            return 1;
        }
        PyObject *name;
        if (dict_get(state->written_names, key, &name) < 0) {
            return -1;
        }
        if (name == NULL) {
            *unknown = Py_NewRef(key);
            return 1;
        }
        if (name == Py_None) {
            Py_DECREF(name);
            return 1;
        }
        int outcome = add_plain_pair(builder, (Name *)name, value);
        if (outcome != 0) {
            return outcome;
        }
    }
    return 0;
}

static int
add_plain_dict(Builder *builder, PyObject *mapping)
{
    State *state = builder->state;
    Py_ssize_t pairs_before = builder->pair_count;
    PyObject *unknown = NULL;
    int outcome = 1;
    if (PyDict_GET_SIZE(mapping) + pairs_before > MAX_SEARCHED_PAIRS) {
        return 1;
    }
#if PY_VERSION_HEX >= 0x030D0000
    Py_BEGIN_CRITICAL_SECTION(mapping);
#endif
    outcome = add_plain_items(builder, mapping, &unknown);
#if PY_VERSION_HEX >= 0x030D0000
    Py_END_CRITICAL_SECTION();
#endif
    while (outcome == 1 && builder->pair_count > pairs_before) {
        builder->pair_count--;
        Py_DECREF(builder->pairs[2 * builder->pair_count]);
        Py_DECREF(builder->pairs[2 * builder->pair_count + 1]);
    }
    if (unknown != NULL) { /* for the next time: this once, the mapping is read in Python */
        PyObject *learned =
            learn_name(state, state->written_names, state->verbatim_key, unknown);
        Py_DECREF(unknown);
        if (learned == NULL) {
            return -1;
        }
        Py_DECREF(learned);
    }
    return outcome;
}

static int
add_mapping(Builder *builder, PyObject *mapping)
{
    State *state = builder->state;
    int outcome = 1;
    if (PyDict_CheckExact(mapping)) {
        outcome = add_plain_dict(builder, mapping);
    }
    else if (Py_IS_TYPE(mapping, state->attrs_type)) {
        PyObject *written = PyObject_GetAttr(mapping, state->str_written);
        if (written == NULL) {
            return -1;
        }
        if (PyDict_CheckExact(written)) {
            outcome = add_plain_dict(builder, written);
        }
        Py_DECREF(written);
    }
    return outcome < 1 ? outcome : with_written(builder, state->add_mapping, mapping, NULL);
}

static int
add_positional(Builder *builder, PyObject *const *args, Py_ssize_t count)
{
    State *state = builder->state;
    Place place = {NULL, 0, 1};
    bool has_child = false;
    for (Py_ssize_t i = 0; i < count; i++) {
        PyObject *item = args[i];
        if (item == Py_None || item == Py_True || item == Py_False) {
            continue;
        }
        PyTypeObject *type = Py_TYPE(item);
        if (!has_child && type != state->element_type && type != &PyUnicode_Type
            && type != &PyList_Type && type != &PyGen_Type && type != &PyLong_Type) {
            int is_mapping = PyDict_CheckExact(item) || type == state->attrs_type;
            if (!is_mapping) {
                is_mapping = PyObject_IsInstance(item, state->mapping_type);
            }
            if (is_mapping < 0 || (is_mapping && add_mapping(builder, item) < 0)) {
                return -1;
            }
            if (is_mapping) {
                continue;
            }
        }
        has_child = true; /* even if it is an empty list: order must not depend on data */
        place.index = i;
        if (add_child(builder, item, &place) < 0) {
            return -1;
        }
    }
    return 0;
}

static int
add_keywords(Builder *builder, PyObject *const *values, PyObject *keywords)
{
    State *state = builder->state;
    for (Py_ssize_t i = 0, n = PyTuple_GET_SIZE(keywords); i < n; i++) {
        PyObject *keyword = PyTuple_GET_ITEM(keywords, i); /* borrowed */
        PyObject *value = values[i];
        Name *name;
        if (keyword_name(state, keyword, &name) < 0) {
            return -1;
        }
        int outcome = name == NULL ? 1 : add_plain_pair(builder, name, value);
        if (outcome == 1) {
            outcome = with_written(builder, state->add_keyword, keyword, value);
        }
        if (outcome < 0) {
            return -1;
        }
    }
    return 0;
}

static int
replace_children(Builder *builder, PyObject *after)
{
    if (!PyTuple_CheckExact(after)) {
        PyErr_Format(PyExc_TypeError, "children are a tuple, not %.200s",
                     Py_TYPE(after)->tp_name);
        return -1;
    }
    while (builder->child_count > 0) {
        Py_DECREF(builder->children[--builder->child_count]);
    }
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(after); i++) {
        PyObject *child = PyTuple_GET_ITEM(after, i); /* borrowed */
        if (!is_child(builder->state, child)) {
            PyErr_Format(PyExc_TypeError, "a child is not %.200s", Py_TYPE(child)->tp_name);
            return -1;
        }
        if (push_child(builder, Py_NewRef(child)) < 0) {
            return -1;
        }
    }
    return 0;
}

/* Let the tag check the children, which it may replace: a script's become one raw text. */
static int
check_content(Builder *builder)
{
    PyObject *before = PyTuple_New(builder->child_count);
    if (before == NULL) {
        return -1;
    }
    for (Py_ssize_t i = 0; i < builder->child_count; i++) {
        PyTuple_SET_ITEM(before, i, Py_NewRef(builder->children[i]));
    }
    PyObject *after =
        PyObject_CallFunctionObjArgs(builder->tag->check, builder->tag->name, before, NULL);
    Py_DECREF(before);
    if (after == NULL) {
        return -1;
    }
    int failed = replace_children(builder, after);
    Py_DECREF(after);
    return failed;
}

static PyObject *
tag_vectorcall(PyObject *self, PyObject *const *args, size_t flagged_count, PyObject *keywords)
{
    Tag *tag = (Tag *)self;
    Py_ssize_t count = PyVectorcall_NARGS(flagged_count);
    Element *element = NULL;
    Builder builder;
    builder_init(&builder, state_of(Py_TYPE(self)), tag);
    if (add_positional(&builder, args, count) < 0) {
        goto error;
    }
    if (keywords != NULL && add_keywords(&builder, args + count, keywords) < 0) {
        goto error;
    }
    if (tag->check != NULL && check_content(&builder) < 0) {
        goto error;
    }
    element = builder_finish(&builder);

error:
    builder_clear(&builder);
    return (PyObject *)element;
}

/* ---------------------------------------------------------------------------- rendering */

/* A growing buffer of UTF-8. Lone surrogates are written as if they were characters and
   remembered, so that render() can give them back and render_bytes() can refuse them. */
typedef struct {
    PyObject *bytes;
    size_t length;
    size_t capacity;
    PyObject *line; /* bytes (borrowed) that begin every line, if lines are framed; or NULL */
    bool is_after_cr; /* whether the last byte was a CR: an LF then ends no line of its own */
    bool is_unencodable;
} Buffer;

static int
buffer_init(Buffer *buffer, PyObject *line)
{
    buffer->length = 0;
    buffer->capacity = 4096; /* a page; larger ones double it a few times */
    buffer->line = line;
    buffer->is_after_cr = buffer->is_unencodable = false;
    buffer->bytes = PyBytes_FromStringAndSize(NULL, (Py_ssize_t)buffer->capacity);
    return buffer->bytes == NULL ? -1 : 0;
}

static int
buffer_grow(Buffer *buffer, size_t more)
{
    size_t capacity = buffer->capacity;
    if (more > (size_t)PY_SSIZE_T_MAX / 2 - capacity) {
        PyErr_NoMemory();
        return -1;
    }
    while (capacity < buffer->length + more) {
        capacity *= 2;
    }
    if (_PyBytes_Resize(&buffer->bytes, (Py_ssize_t)capacity) < 0) {
        return -1;
    }
    buffer->capacity = capacity;
    return 0;
}

/* Return where `more` bytes can be written, or NULL. */
static inline char *
reserve(Buffer *buffer, size_t more)
{
    if (buffer->capacity - buffer->length < more && buffer_grow(buffer, more) < 0) {
        return NULL;
    }
    return PyBytes_AS_STRING(buffer->bytes) + buffer->length;
}

static inline int
write_bytes(Buffer *buffer, const char *bytes, size_t length)
{
    char *out = reserve(buffer, length);
    if (out == NULL) {
        return -1;
    }
    memcpy(out, bytes, length);
    buffer->length += length;
    return 0;
}

static inline int
write_object(Buffer *buffer, PyObject *bytes)
{
    return write_bytes(buffer, PyBytes_AS_STRING(bytes), (size_t)PyBytes_GET_SIZE(bytes));
}

/* What has to be done with a byte. */
enum { PLAIN = 0, AMPERSAND, LESS, GREATER, QUOTE, LINE_END };

typedef enum { VERBATIM, TEXT, ATTRIBUTE } Context;

static inline int
action_for(unsigned char byte, Context context, bool is_framed)
{
    switch (byte) {
        case '&':
            return context == VERBATIM ? PLAIN : AMPERSAND;
        case '<':
            return context == VERBATIM ? PLAIN : LESS;
        case '>':
            return context == VERBATIM ? PLAIN : GREATER;
        case '"':
            return context == ATTRIBUTE ? QUOTE : PLAIN;
        case '\n':
        case '\r':
            return is_framed ? LINE_END : PLAIN;
        default:
            return PLAIN;
    }
}

#define REPEAT(byte) (UINT64_C(0x0101010101010101) * (byte))

static inline uint64_t
zero_bytes(uint64_t word)
{
    return (word - REPEAT(0x01)) & ~word & REPEAT(0x80);
}

/* Whether eight bytes may hold one that is special; `"` may raise a false alarm in text.
   `<` and `>` differ in one bit, and so do `"` and `&`. */
static inline bool
may_be_special(uint64_t word, bool is_framed)
{
    uint64_t found = zero_bytes((word & REPEAT(0xfd)) ^ REPEAT('<'))
                     | zero_bytes((word & REPEAT(0xfb)) ^ REPEAT('"'));
    if (is_framed) {
        found |= zero_bytes(word ^ REPEAT('\n')) | zero_bytes(word ^ REPEAT('\r'));
    }
    return found != 0;
}

static int
write_action(Buffer *buffer, int action, unsigned char byte)
{
    switch (action) {
        case AMPERSAND:
            return write_bytes(buffer, "&amp;", 5);
        case LESS:
            return write_bytes(buffer, "&lt;", 4);
        case GREATER:
            return write_bytes(buffer, "&gt;", 4);
        case QUOTE:
            return write_bytes(buffer, "&quot;", 6);
        default: /* LINE_END: CR, LF and CRLF each end one line */
            if (byte == '\n' && buffer->is_after_cr) {
                buffer->is_after_cr = false;
                return 0;
            }
            buffer->is_after_cr = byte == '\r';
            return write_bytes(buffer, "\n", 1) < 0 ? -1 : write_object(buffer, buffer->line);
    }
}

/* Write UTF-8 or ASCII: runs are copied whole, special bytes are replaced. */
static inline int
write_escaped(Buffer *buffer, const unsigned char *bytes, size_t length, Context context)
{
    bool is_framed = buffer->line != NULL;
    size_t start = 0;
    size_t i = 0;
    while (i < length) {
        uint64_t word;
        if (length - i >= sizeof(word)) {
            memcpy(&word, bytes + i, sizeof(word));
            if (!may_be_special(word, is_framed)) {
                i += sizeof(word);
                continue;
            }
        }
        size_t stop = length - i < sizeof(word) ? length : i + sizeof(word);
        for (; i < stop; i++) {
            int action = action_for(bytes[i], context, is_framed);
            if (action == PLAIN) {
                continue;
            }
            if (i > start) {
                buffer->is_after_cr = false;
                if (write_bytes(buffer, (const char *)bytes + start, i - start) < 0) {
                    return -1;
                }
            }
            if (action != LINE_END) {
                buffer->is_after_cr = false;
            }
            if (write_action(buffer, action, bytes[i]) < 0) {
                return -1;
            }
            start = i + 1;
        }
    }
    if (length > start) {
        buffer->is_after_cr = false;
        return write_bytes(buffer, (const char *)bytes + start, length - start);
    }
    return 0;
}

static inline size_t
encode(Py_UCS4 character, unsigned char *out)
{
    if (character < 0x80) {
        out[0] = (unsigned char)character;
        return 1;
    }
    if (character < 0x800) {
        out[0] = (unsigned char)(0xc0 | (character >> 6));
        out[1] = (unsigned char)(0x80 | (character & 0x3f));
        return 2;
    }
    if (character < 0x10000) {
        out[0] = (unsigned char)(0xe0 | (character >> 12));
        out[1] = (unsigned char)(0x80 | ((character >> 6) & 0x3f));
        out[2] = (unsigned char)(0x80 | (character & 0x3f));
        return 3;
    }
    out[0] = (unsigned char)(0xf0 | (character >> 18));
    out[1] = (unsigned char)(0x80 | ((character >> 12) & 0x3f));
    out[2] = (unsigned char)(0x80 | ((character >> 6) & 0x3f));
    out[3] = (unsigned char)(0x80 | (character & 0x3f));
    return 4;
}

/* Write text that is not ASCII, a piece at a time. */
static int
write_wide(Buffer *buffer, PyObject *text, Context context)
{
    int kind = (int)PyUnicode_KIND(text);
    const void *data = PyUnicode_DATA(text);
    Py_ssize_t length = PyUnicode_GET_LENGTH(text);
    unsigned char piece[256];
    size_t used = 0;
    for (Py_ssize_t i = 0; i < length; i++) {
        Py_UCS4 character = PyUnicode_READ(kind, data, i);
        if (Py_UNICODE_IS_SURROGATE(character)) {
            buffer->is_unencodable = true;
        }
        used += encode(character, piece + used);
        if (used > sizeof(piece) - 4) {
            if (write_escaped(buffer, piece, used, context) < 0) {
                return -1;
            }
            used = 0;
        }
    }
    return write_escaped(buffer, piece, used, context);
}

static inline int
write_text(Buffer *buffer, PyObject *text, Context context)
{
    if (PyUnicode_IS_COMPACT_ASCII(text)) {
        const unsigned char *ascii = PyUnicode_1BYTE_DATA(text);
        return write_escaped(buffer, ascii, (size_t)PyUnicode_GET_LENGTH(text), context);
    }
    return write_wide(buffer, text, context);
}

/* Whether the parser would drop the first newline of the content.
   https://html.spec.whatwg.org/multipage/syntax.html#element-restrictions */
static bool
drops_newline(State *state, Element *element)
{
    PyObject **children = children_of(element);
    if (!element->tag->is_newline_dropping) {
        return false;
    }
    for (Py_ssize_t i = 0, n = child_count(element); i < n; i++) {
        if (Py_IS_TYPE(children[i], state->element_type)) {
            return false;
        }
        if (PyUnicode_GET_LENGTH(children[i]) > 0) {
            Py_UCS4 first = PyUnicode_READ_CHAR(children[i], 0);
            return first == '\n' || first == '\r';
        }
    }
    return false;
}

static inline int
write_start(Buffer *buffer, State *state, Element *element)
{
    Tag *tag = element->tag;
    buffer->is_after_cr = false;
    if (write_object(buffer, tag->start) < 0) {
        return -1;
    }
    for (uint32_t i = 0; i < element->pair_count; i++) {
        PyObject *spelling = pair_name(element, i)->spelling;
        PyObject *value = pair_value(element, i);
        if (value == Py_True) {
            /* without =" */
            size_t length = (size_t)PyBytes_GET_SIZE(spelling) - 2;
            if (write_bytes(buffer, PyBytes_AS_STRING(spelling), length) < 0) {
                return -1;
            }
            continue;
        }
        if (write_object(buffer, spelling) < 0 || write_text(buffer, value, ATTRIBUTE) < 0
            || write_bytes(buffer, "\"", 1) < 0) {
            return -1;
        }
        buffer->is_after_cr = false;
    }
    if (tag->has_start_end && write_bytes(buffer, ">", 1) < 0) {
        return -1;
    }
    if (tag->is_newline_dropping && drops_newline(state, element)) {
        return write_escaped(buffer, (const unsigned char *)"\n", 1, VERBATIM);
    }
    return 0;
}

static inline int
write_end(Buffer *buffer, Element *element)
{
    PyObject *end = element->tag->end;
    if (PyBytes_GET_SIZE(end) > 0) {
        buffer->is_after_cr = false;
    }
    return write_object(buffer, end);
}

/* Write what has no children that are elements. */
static inline int
write_leaf(Buffer *buffer, State *state, PyObject *child)
{
    if (PyUnicode_CheckExact(child)) {
        return write_text(buffer, child, TEXT);
    }
    if (!Py_IS_TYPE(child, state->element_type)) {
        return write_text(buffer, child, VERBATIM); /* UNESCAPED, as its author asked */
    }
    Element *element = ELEMENT(child); /* frozen */
    buffer->is_unencodable |= element->is_html_unencodable;
    return write_escaped(buffer, (const unsigned char *)PyBytes_AS_STRING(element->html),
                         (size_t)PyBytes_GET_SIZE(element->html), VERBATIM);
}

typedef struct {
    Element *element; /* borrowed: the root holds the whole tree */
    Py_ssize_t next;
} Frame;

typedef struct {
    Frame *frames;
    Py_ssize_t depth;
    Py_ssize_t capacity;
    Frame inline_frames[INLINE_FRAMES];
} Walk;

static int
push_frame(Walk *walk, Element *element)
{
    if (walk->depth == walk->capacity) {
        Py_ssize_t capacity = 2 * walk->capacity;
        size_t size = (size_t)capacity * sizeof(Frame);
        Frame *larger = walk->frames == walk->inline_frames ? PyMem_Malloc(size)
                                                            : PyMem_Realloc(walk->frames, size);
        if (larger == NULL) {
            PyErr_NoMemory();
            return -1;
        }
        if (walk->frames == walk->inline_frames) {
            memcpy(larger, walk->inline_frames, sizeof(walk->inline_frames));
        }
        walk->frames = larger;
        walk->capacity = capacity;
    }
    walk->frames[walk->depth].element = element;
    walk->frames[walk->depth].next = 0;
    walk->depth++;
    return 0;
}

static int
write_tree(Buffer *buffer, State *state, Element *root)
{
    Walk walk;
    walk.frames = walk.inline_frames;
    walk.depth = 0;
    walk.capacity = INLINE_FRAMES;
    int failed = -1;
    if (root->html != NULL) {
        return write_leaf(buffer, state, (PyObject *)root);
    }
    /* Only a root can be a fragment: elsewhere they dissolve. */
    if (!root->tag->is_fragment && write_start(buffer, state, root) < 0) {
        goto error;
    }
    if (push_frame(&walk, root) < 0) {
        goto error;
    }
    while (walk.depth > 0) {
        Frame *frame = &walk.frames[walk.depth - 1];
        Element *element = frame->element;
        PyObject **children = children_of(element);
        Py_ssize_t count = child_count(element);
        Py_ssize_t i = frame->next;
        for (; i < count; i++) {
            PyObject *child = children[i];
            bool is_inner = Py_IS_TYPE(child, state->element_type) && ELEMENT(child)->html == NULL;
            if (!is_inner) {
                if (write_leaf(buffer, state, child) < 0) {
                    goto error;
                }
                continue;
            }
            Element *inner = ELEMENT(child);
            if (write_start(buffer, state, inner) < 0) {
                goto error;
            }
            if (child_count(inner) == 1 && PyUnicode_CheckExact(children_of(inner)[0])) {
                if (write_text(buffer, children_of(inner)[0], TEXT) < 0
                    || write_end(buffer, inner) < 0) {
                    goto error;
                }
                continue;
            }
            frame->next = i + 1;
            if (push_frame(&walk, inner) < 0) {
                goto error;
            }
            break;
        }
        if (i == count) {
            walk.depth--;
            if (write_end(buffer, element) < 0) {
                goto error;
            }
        }
    }
    failed = 0;

error:
    if (walk.frames != walk.inline_frames) {
        PyMem_Free(walk.frames);
    }
    return failed;
}

/* Return the HTML as bytes; *is_unencodable says whether there are lone surrogates in it. */
static PyObject *
rendered(State *state, Element *element, bool *is_unencodable)
{
    Buffer buffer;
    if (buffer_init(&buffer, NULL) < 0) {
        return NULL;
    }
    if (write_tree(&buffer, state, element) < 0
        || _PyBytes_Resize(&buffer.bytes, (Py_ssize_t)buffer.length) < 0) {
        Py_XDECREF(buffer.bytes);
        return NULL;
    }
    *is_unencodable = buffer.is_unencodable;
    return buffer.bytes;
}

/* Return head, then each line of the HTML after `line`, then the empty line that ends an event.
   Nothing to render leaves the head and the empty line, as event_bytes() of markup/lines.py. */
static PyObject *
rendered_event(State *state, Element *element, PyObject *head, PyObject *line,
               bool *is_unencodable)
{
    Buffer buffer;
    if (buffer_init(&buffer, line) < 0) {
        return NULL;
    }
    if (write_object(&buffer, head) < 0 || write_object(&buffer, line) < 0) {
        goto error;
    }
    size_t begin = buffer.length;
    if (write_tree(&buffer, state, element) < 0) {
        goto error;
    }
    if (buffer.length == begin) {
        buffer.length = (size_t)PyBytes_GET_SIZE(head);
        if (write_bytes(&buffer, "\n", 1) < 0) {
            goto error;
        }
    }
    else if (write_bytes(&buffer, "\n\n", 2) < 0) {
        goto error;
    }
    if (_PyBytes_Resize(&buffer.bytes, (Py_ssize_t)buffer.length) < 0) {
        goto error;
    }
    *is_unencodable = buffer.is_unencodable;
    return buffer.bytes;

error:
    Py_XDECREF(buffer.bytes);
    return NULL;
}

static PyObject *
rendered_text(State *state, Element *element)
{
    bool is_unencodable;
    PyObject *bytes = rendered(state, element, &is_unencodable);
    if (bytes == NULL) {
        return NULL;
    }
    PyObject *text = PyUnicode_DecodeUTF8(PyBytes_AS_STRING(bytes), PyBytes_GET_SIZE(bytes),
                                          is_unencodable ? "surrogatepass" : "strict");
    Py_DECREF(bytes);
    return text;
}

/* ---------------------------------------------------------------------------------- tags */

static int
tag_traverse(PyObject *self, visitproc visit, void *arg)
{
    Tag *tag = (Tag *)self;
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(tag->name);
    Py_VISIT(tag->namespace);
    Py_VISIT(tag->check);
    return 0;
}

static int
tag_clear(PyObject *self)
{
    Py_CLEAR(((Tag *)self)->check);
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
    Py_XDECREF(tag->start);
    Py_XDECREF(tag->end);
    type->tp_free(self);
    Py_DECREF(type);
}

/* Make a tag of what the shared functions decided about its name. */
static Tag *
tag_from_parts(PyTypeObject *type, PyObject *parts)
{
    PyObject *name, *namespace, *start, *end, *check;
    int has_start_end, is_newline_dropping, is_fragment;
    if (!PyArg_ParseTuple(parts, "UUUUOppp", &name, &namespace, &start, &end, &check,
                          &has_start_end, &is_newline_dropping, &is_fragment)) {
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

static bool
same_tag(Tag *one, Tag *other)
{
    return one == other
           || (same_text(one->name, other->name)
               && same_text(one->namespace, other->namespace));
}

static PyObject *
tag_richcompare(PyObject *self, PyObject *other, int operation)
{
    if ((operation != Py_EQ && operation != Py_NE) || Py_TYPE(self) != Py_TYPE(other)) {
        Py_RETURN_NOTIMPLEMENTED;
    }
    bool is_same = same_tag((Tag *)self, (Tag *)other);
    return PyBool_FromLong(is_same == (operation == Py_EQ));
}

static Py_uhash_t
mix(Py_uhash_t hash, Py_hash_t value)
{
    /* FNV-1a's step, with the value as one large byte */
    return (hash ^ (Py_uhash_t)value) * (Py_uhash_t)1099511628211ULL;
}

static Py_hash_t
settled(Py_uhash_t hash)
{
    return hash == (Py_uhash_t)-1 ? -2 : (Py_hash_t)hash;
}

static Py_hash_t
tag_hash(PyObject *self)
{
    Tag *tag = (Tag *)self;
    return settled(mix((Py_uhash_t)PyObject_Hash(tag->name), PyObject_Hash(tag->namespace)));
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

PyDoc_STRVAR(tag_doc, "Build elements of one name when called.");

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

/* ------------------------------------------------------------------------------ elements */

static PyObject *
element_new(PyTypeObject *Py_UNUSED(type), PyObject *Py_UNUSED(args),
            PyObject *Py_UNUSED(keywords))
{
    PyErr_SetString(PyExc_TypeError, "elements are made by calling a tag, such as div()");
    return NULL;
}

static PyObject *
written_of(Element *element)
{
    PyObject *written = PyDict_New();
    for (uint32_t i = 0; written != NULL && i < element->pair_count; i++) {
        if (PyDict_SetItem(written, pair_name(element, i)->name, pair_value(element, i)) < 0) {
            Py_CLEAR(written);
        }
    }
    return written;
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
    return rendered_text(state_of(Py_TYPE(self)), ELEMENT(self));
}

static PyObject *
element_html(PyObject *self, PyObject *Py_UNUSED(unused))
{
    PyObject *text = element_str(self);
    if (text == NULL) {
        return NULL;
    }
    PyObject *html = PyObject_CallOneArg((PyObject *)state_of(Py_TYPE(self))->markup_type, text);
    Py_DECREF(text);
    return html;
}

static PyObject *
element_repr(PyObject *self)
{
    Element *element = ELEMENT(self);
    PyObject *id = id_of(element);
    Py_ssize_t count = child_count(element);
    const char *noun = count == 1 ? "child" : "children";
    if (id != NULL && PyUnicode_GET_LENGTH(id) > 0) {
        return PyUnicode_FromFormat("<%U#%U: %zd %s>", element->tag->name, id, count, noun);
    }
    return PyUnicode_FromFormat("<%U: %zd %s>", element->tag->name, count, noun);
}

static bool
same_value(PyObject *one, PyObject *other)
{
    return one == other || (one != Py_True && other != Py_True && same_text(one, other));
}

/* Return 1 if two elements have equal attributes, in any order, 0 if not, -1 on error. */
static int
same_attributes(Element *one, Element *other)
{
    uint32_t count = one->pair_count;
    if (count != other->pair_count) {
        return 0;
    }
    uint32_t same = 0; /* most have the same order */
    while (same < count && same_name(pair_name(one, same), pair_name(other, same))
           && same_value(pair_value(one, same), pair_value(other, same))) {
        same++;
    }
    if (same == count) {
        return 1;
    }
    PyObject *mine = written_of(one);
    PyObject *theirs = written_of(other);
    int outcome =
        mine == NULL || theirs == NULL ? -1 : PyObject_RichCompareBool(mine, theirs, Py_EQ);
    Py_XDECREF(mine);
    Py_XDECREF(theirs);
    return outcome;
}

/* Return 1 if two elements are equal but for their children's content, 0 if not, -1 on error. */
static int
same_element(Element *one, Element *other)
{
    if (one == other) {
        return 1;
    }
    if (!same_tag(one->tag, other->tag) || child_count(one) != child_count(other)) {
        return 0;
    }
    return same_attributes(one, other);
}

/* Return 1 if two trees are equal, 0 if not, -1 on error. */
static int
same_tree(State *state, Element *one, Element *other)
{
    Walk mine, theirs; /* two walks in step */
    mine.frames = mine.inline_frames;
    theirs.frames = theirs.inline_frames;
    mine.depth = theirs.depth = 0;
    mine.capacity = theirs.capacity = INLINE_FRAMES;
    int same = same_element(one, other);
    if (same < 1 || one == other) {
        return same;
    }
    same = -1;
    if (push_frame(&mine, one) < 0 || push_frame(&theirs, other) < 0) {
        goto done;
    }
    while (mine.depth > 0) {
        Frame *frame = &mine.frames[mine.depth - 1];
        Element *left = frame->element;
        Element *right = theirs.frames[theirs.depth - 1].element;
        if (frame->next == child_count(left)) {
            mine.depth--;
            theirs.depth--;
            continue;
        }
        PyObject *a = children_of(left)[frame->next];
        PyObject *b = children_of(right)[frame->next];
        frame->next++;
        if (a == b) {
            continue;
        }
        bool are_elements = Py_IS_TYPE(a, state->element_type);
        if (Py_TYPE(a) != Py_TYPE(b)) {
            same = 0;
        }
        else {
            same = are_elements ? same_element(ELEMENT(a), ELEMENT(b)) : same_text(a, b);
        }
        if (same < 1) {
            goto done;
        }
        same = -1;
        if (are_elements
            && (push_frame(&mine, ELEMENT(a)) < 0 || push_frame(&theirs, ELEMENT(b)) < 0)) {
            goto done;
        }
    }
    same = 1;

done:
    if (mine.frames != mine.inline_frames) {
        PyMem_Free(mine.frames);
    }
    if (theirs.frames != theirs.inline_frames) {
        PyMem_Free(theirs.frames);
    }
    return same;
}

static PyObject *
element_richcompare(PyObject *self, PyObject *other, int operation)
{
    if ((operation != Py_EQ && operation != Py_NE) || Py_TYPE(self) != Py_TYPE(other)) {
        Py_RETURN_NOTIMPLEMENTED;
    }
    int same = same_tree(state_of(Py_TYPE(self)), ELEMENT(self), ELEMENT(other));
    return same < 0 ? NULL : PyBool_FromLong(same == (operation == Py_EQ));
}

/* Attributes in another order hash alike, as they compare alike. */
static Py_uhash_t
shallow_hash(Element *element)
{
    Py_uhash_t attributes = 0;
    for (uint32_t i = 0; i < element->pair_count; i++) {
        PyObject *value = pair_value(element, i);
        Py_uhash_t name_hash = (Py_uhash_t)PyObject_Hash(pair_name(element, i)->name);
        attributes ^= mix(name_hash, PyObject_Hash(value));
    }
    Py_uhash_t hash = mix((Py_uhash_t)tag_hash((PyObject *)element->tag), (Py_hash_t)attributes);
    return mix(hash, (Py_hash_t)child_count(element));
}

static Py_hash_t
element_hash(PyObject *self)
{
    State *state = state_of(Py_TYPE(self));
    Walk walk;
    walk.frames = walk.inline_frames;
    walk.depth = 0;
    walk.capacity = INLINE_FRAMES;
    Py_uhash_t hash = shallow_hash(ELEMENT(self));
    bool failed = push_frame(&walk, ELEMENT(self)) < 0;
    while (!failed && walk.depth > 0) {
        Frame *frame = &walk.frames[walk.depth - 1];
        if (frame->next == child_count(frame->element)) {
            walk.depth--;
            continue;
        }
        PyObject *child = children_of(frame->element)[frame->next++];
        if (Py_IS_TYPE(child, state->element_type)) {
            hash = mix(hash, (Py_hash_t)shallow_hash(ELEMENT(child)));
            failed = push_frame(&walk, ELEMENT(child)) < 0;
        }
        else {
            /* str and Markup hash without running Python code: both are exact types */
            hash = mix(hash, PyUnicode_Type.tp_hash(child));
        }
    }
    if (walk.frames != walk.inline_frames) {
        PyMem_Free(walk.frames);
    }
    return failed ? -1 : settled(hash);
}

static PyObject *
element_reduce(PyObject *self, PyObject *Py_UNUSED(unused))
{
    PyObject *written = written_of(ELEMENT(self));
    PyObject *children = element_children(self, NULL);
    PyObject *reduced = NULL;
    if (written != NULL && children != NULL) {
        reduced = Py_BuildValue("O(OOO)", state_of(Py_TYPE(self))->new_element,
                                ELEMENT(self)->tag, written, children);
    }
    Py_XDECREF(written);
    Py_XDECREF(children);
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
    {"__html__", element_html, METH_NOARGS, NULL},
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

/* ----------------------------------------------------------------------- module functions */

static int
check_element(State *state, PyObject *node)
{
    if (Py_IS_TYPE(node, state->element_type)) {
        return 0;
    }
    PyErr_Format(PyExc_TypeError, "expected an Element, not %.200s", Py_TYPE(node)->tp_name);
    return -1;
}

/* Raise the error that says where the lone surrogate of a tree is. */
static PyObject *
refuse_unencodable(State *state, PyObject *node)
{
    PyObject *error = PyObject_CallOneArg(state->unencodable, node);
    if (error != NULL) {
        PyErr_SetObject((PyObject *)Py_TYPE(error), error);
        Py_DECREF(error);
    }
    return NULL;
}

static PyObject *
core_render(PyObject *module, PyObject *node)
{
    State *state = PyModule_GetState(module);
    return check_element(state, node) < 0 ? NULL : rendered_text(state, ELEMENT(node));
}

static PyObject *
core_render_bytes(PyObject *module, PyObject *node)
{
    State *state = PyModule_GetState(module);
    if (check_element(state, node) < 0) {
        return NULL;
    }
    bool is_unencodable;
    PyObject *bytes = rendered(state, ELEMENT(node), &is_unencodable);
    if (bytes != NULL && is_unencodable) {
        Py_DECREF(bytes);
        return refuse_unencodable(state, node);
    }
    return bytes;
}

static PyObject *
core_render_event(PyObject *module, PyObject *args)
{
    State *state = PyModule_GetState(module);
    PyObject *node, *head, *line;
    if (!PyArg_ParseTuple(args, "OSS:render_event", &node, &head, &line)
        || check_element(state, node) < 0) {
        return NULL;
    }
    bool is_unencodable;
    PyObject *event = rendered_event(state, ELEMENT(node), head, line, &is_unencodable);
    if (event != NULL && is_unencodable) {
        Py_DECREF(event);
        return refuse_unencodable(state, node);
    }
    return event;
}

static PyObject *
core_frozen(PyObject *module, PyObject *node)
{
    State *state = PyModule_GetState(module);
    if (check_element(state, node) < 0) {
        return NULL;
    }
    Element *element = ELEMENT(node);
    if (element->html != NULL) {
        return Py_NewRef(node);
    }
    Element *copy = copied_element(state, element);
    if (copy == NULL) {
        return NULL;
    }
    if (!element->tag->is_fragment) {
        copy->html = rendered(state, element, &copy->is_html_unencodable);
        if (copy->html == NULL) {
            Py_CLEAR(copy);
        }
        return (PyObject *)copy;
    }
    PyObject **children = children_of(copy);
    for (Py_ssize_t i = 0, n = child_count(copy); i < n; i++) {
        if (Py_IS_TYPE(children[i], state->element_type)) {
            PyObject *child = core_frozen(module, children[i]); /* no fragment holds one */
            if (child == NULL) {
                Py_DECREF(copy);
                return NULL;
            }
            Py_SETREF(children[i], child);
        }
    }
    return (PyObject *)copy;
}

static PyObject *
core_drops_newline(PyObject *module, PyObject *node)
{
    State *state = PyModule_GetState(module);
    if (check_element(state, node) < 0) {
        return NULL;
    }
    return PyBool_FromLong(drops_newline(state, ELEMENT(node)));
}

static PyObject *
escaped(PyObject *text, Context context)
{
    Buffer buffer;
    if (!PyUnicode_Check(text)) {
        PyErr_Format(PyExc_TypeError, "expected str, not %.200s", Py_TYPE(text)->tp_name);
        return NULL;
    }
    if (buffer_init(&buffer, NULL) < 0) {
        return NULL;
    }
    PyObject *result = NULL;
    if (write_text(&buffer, text, context) == 0) {
        result = PyUnicode_DecodeUTF8(PyBytes_AS_STRING(buffer.bytes), (Py_ssize_t)buffer.length,
                                      buffer.is_unencodable ? "surrogatepass" : "strict");
    }
    Py_XDECREF(buffer.bytes);
    return result;
}

static PyObject *
core_escape_text(PyObject *Py_UNUSED(module), PyObject *text)
{
    return escaped(text, TEXT);
}

static PyObject *
core_escape_attribute(PyObject *Py_UNUSED(module), PyObject *text)
{
    return escaped(text, ATTRIBUTE);
}

static PyObject *
core_revive_tag(PyObject *module, PyObject *args)
{
    State *state = PyModule_GetState(module);
    PyObject *name, *namespace;
    if (!PyArg_ParseTuple(args, "UU:_revive_tag", &name, &namespace)) {
        return NULL;
    }
    for (int i = 0; i < 2; i++) {
        Tag *special = (Tag *)(i ? state->comment_tag : state->fragment_tag);
        if (PyUnicode_Compare(name, special->name) == 0) {
            return Py_NewRef(special);
        }
    }
    return PyObject_CallFunctionObjArgs((PyObject *)state->tag_type, name, namespace, NULL);
}

static PyObject *
core_new_element(PyObject *module, PyObject *args)
{
    State *state = PyModule_GetState(module);
    PyObject *tag, *written, *children;
    if (!PyArg_ParseTuple(args, "O!O!O!:_new_element", state->tag_type, &tag, &PyDict_Type,
                          &written, &PyTuple_Type, &children)) {
        return NULL;
    }
    Builder builder;
    builder_init(&builder, state, (Tag *)tag);
    Element *element = NULL;
    if (take_pairs(&builder, written) == 0 && replace_children(&builder, children) == 0) {
        element = builder_finish(&builder);
    }
    builder_clear(&builder);
    return (PyObject *)element;
}

PyDoc_STRVAR(render_doc, "Return the HTML of an element; trees may be of any depth.");
PyDoc_STRVAR(render_bytes_doc, "Return the HTML of an element as UTF-8.");
PyDoc_STRVAR(render_event_doc,
             "Return head, each line of an element's HTML after `line`, and an empty line.");
PyDoc_STRVAR(frozen_doc, "Return an equal element whose HTML is rendered now, once.");
PyDoc_STRVAR(drops_newline_doc,
             "Return whether the parser would drop the first newline of the content.");
PyDoc_STRVAR(escape_text_doc, "Return text with & < > as references.");
PyDoc_STRVAR(escape_attribute_doc, "Return text with & < > \" as references.");

static PyMethodDef core_methods[] = {
    {"render", core_render, METH_O, render_doc},
    {"render_bytes", core_render_bytes, METH_O, render_bytes_doc},
    {"render_event", core_render_event, METH_VARARGS, render_event_doc},
    {"frozen", core_frozen, METH_O, frozen_doc},
    {"drops_newline", core_drops_newline, METH_O, drops_newline_doc},
    {"escape_text", core_escape_text, METH_O, escape_text_doc},
    {"escape_attribute", core_escape_attribute, METH_O, escape_attribute_doc},
    {"_revive_tag", core_revive_tag, METH_VARARGS, NULL},
    {"_new_element", core_new_element, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};

/* --------------------------------------------------------------------------- the module */

static int
import_from(const char *module_name, const char *name, PyObject **into)
{
    PyObject *module = PyImport_ImportModule(module_name);
    if (module == NULL) {
        return -1;
    }
    *into = PyObject_GetAttrString(module, name);
    Py_DECREF(module);
    return *into == NULL ? -1 : 0;
}

static int
import_type(const char *module_name, const char *name, PyTypeObject **into)
{
    PyObject *type = NULL;
    if (import_from(module_name, name, &type) < 0) {
        return -1;
    }
    if (!PyType_Check(type)) {
        PyErr_Format(PyExc_TypeError, "%s.%s is no type", module_name, name);
        Py_DECREF(type);
        return -1;
    }
    *into = (PyTypeObject *)type;
    return 0;
}

static int
import_shared(State *state)
{
    const struct {
        const char *name;
        PyObject **into;
    } functions[] = {
        {"tag_parts", &state->tag_parts},
        {"add_keyword", &state->add_keyword},
        {"add_mapping", &state->add_mapping},
        {"convert_child", &state->convert_child},
        {"uncalled_tag", &state->uncalled_tag},
        {"note_failure", &state->note_failure},
        {"check_generator", &state->check_generator},
        {"too_deep", &state->too_deep},
        {"unencodable", &state->unencodable},
        {"verbatim_keyword", &state->verbatim_keyword},
        {"verbatim_key", &state->verbatim_key},
    };
    for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++) {
        if (import_from("fatmorph.markup.building", functions[i].name, functions[i].into) < 0) {
            return -1;
        }
    }
    if (import_type("markupsafe", "Markup", &state->markup_type) < 0
        || import_type("fatmorph.markup.attributes", "Attrs", &state->attrs_type) < 0
        || import_from("collections.abc", "Mapping", &state->mapping_type) < 0) {
        return -1;
    }
    return 0;
}

static int
add_type(PyObject *module, PyType_Spec *spec, const char *name, PyTypeObject **into)
{
    *into = (PyTypeObject *)PyType_FromModuleAndSpec(module, spec, NULL);
    if (*into == NULL) {
        return -1;
    }
    return name == NULL ? 0 : PyModule_AddObjectRef(module, name, (PyObject *)*into);
}

static int
add_special_tag(PyObject *module, State *state, const char *constant, PyObject **into)
{
    PyObject *parts = NULL;
    if (import_from("fatmorph.markup.building", constant, &parts) < 0) {
        return -1;
    }
    *into = (PyObject *)tag_from_parts(state->tag_type, parts);
    Py_DECREF(parts);
    return *into == NULL ? -1 : PyModule_AddObjectRef(module, constant, *into);
}

static int
core_exec(PyObject *module)
{
    State *state = PyModule_GetState(module);
    if (import_shared(state) < 0 || add_type(module, &name_spec, NULL, &state->name_type) < 0
        || add_type(module, &tag_spec, "Tag", &state->tag_type) < 0
        || add_type(module, &element_spec, "Element", &state->element_type) < 0) {
        return -1;
    }
    state->names = PyDict_New();
    state->keywords = PyDict_New();
    state->written_names = PyDict_New();
    state->str_written = PyUnicode_InternFromString("_written");
    state->str_id = PyUnicode_InternFromString("id");
    state->revive_tag = PyObject_GetAttrString(module, "_revive_tag");
    state->new_element = PyObject_GetAttrString(module, "_new_element");
    if (state->names == NULL || state->keywords == NULL || state->written_names == NULL
        || state->str_written == NULL || state->str_id == NULL || state->revive_tag == NULL
        || state->new_element == NULL) {
        return -1;
    }
    if (add_special_tag(module, state, "COMMENT", &state->comment_tag) < 0
        || add_special_tag(module, state, "FRAGMENT", &state->fragment_tag) < 0) {
        return -1;
    }
    return 0;
}

/* Every object of the state, for the collector and for the end. */
#define FOR_EACH_MEMBER(DO)                                                                    \
    DO(tag_type) DO(element_type) DO(name_type) DO(markup_type) DO(attrs_type)                 \
    DO(mapping_type) DO(names) DO(keywords) DO(written_names) DO(fragment_tag)                 \
    DO(comment_tag) DO(tag_parts) DO(add_keyword) DO(add_mapping) DO(convert_child)            \
    DO(uncalled_tag) DO(note_failure) DO(check_generator) DO(too_deep) DO(unencodable)         \
    DO(verbatim_keyword) DO(verbatim_key) DO(revive_tag) DO(new_element) DO(str_written)    \
    DO(str_id)

static int
core_traverse(PyObject *module, visitproc visit, void *arg)
{
    State *state = PyModule_GetState(module);
#define VISIT(member) Py_VISIT(state->member);
    FOR_EACH_MEMBER(VISIT)
#undef VISIT
    return 0;
}

static int
core_clear(PyObject *module)
{
    State *state = PyModule_GetState(module);
#define CLEAR(member) Py_CLEAR(state->member);
    FOR_EACH_MEMBER(CLEAR)
#undef CLEAR
    return 0;
}

static void
core_free(void *module)
{
    core_clear((PyObject *)module);
}

static PyModuleDef_Slot core_slots[] = {
    {Py_mod_exec, core_exec},
#if PY_VERSION_HEX >= 0x030C0000
    {Py_mod_multiple_interpreters, Py_MOD_PER_INTERPRETER_GIL_SUPPORTED},
#endif
#if PY_VERSION_HEX >= 0x030D0000
    {Py_mod_gil, Py_MOD_GIL_NOT_USED},
#endif
    {0, NULL},
};

static struct PyModuleDef core_module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "fatmorph.markup._core_c",
    .m_doc = "The compiled engine: a drop-in for _core_py.",
    .m_size = sizeof(State),
    .m_methods = core_methods,
    .m_slots = core_slots,
    .m_traverse = core_traverse,
    .m_clear = core_clear,
    .m_free = core_free,
};

PyMODINIT_FUNC
PyInit__core_c(void)
{
    return PyModuleDef_Init(&core_module);
}
