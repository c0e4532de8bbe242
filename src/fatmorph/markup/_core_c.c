/* The compiled engine: tags, elements and the walk that renders them.

   A drop-in for _core_py.py (PEP 399): same names, same results, same errors. Common values are
   handled here. All others are passed to the functions that both engines share (_call.py).

   The parts are in _engine/, one concept each, and include the parts that they need. Only this
   file is compiled: all parts are static, so that the compiler can inline across them.

   Invariants
   - An element is immutable, and holds only exact str, exact Markup, elements, True, tags and
     names. None of these can refer to the element, so there are no cycles, and elements do not
     need the garbage collector.
   - Rendering, comparison, hashing and deallocation use no recursion: trees may be of any depth.
   - Rendering runs no Python code.
   - A cache may be cleared at any time: code that takes a Name from one holds a reference to it.
   - The only static mutable state is the chain of elements that each thread is freeing. */

#include "_engine/state.h"
#include "_engine/characters.h"
#include "_engine/numbers.h"
#include "_engine/names.h"
#include "_engine/tree.h"
#include "_engine/walk.h"
#include "_engine/buffer.h"
#include "_engine/blocks.h"
#include "_engine/escaping.h"
#include "_engine/places.h"
#include "_engine/builder.h"
#include "_engine/children.h"
#include "_engine/values.h"
#include "_engine/attributes.h"
#include "_engine/call.h"
#include "_engine/rendering.h"
#include "_engine/comparing.h"
#include "_engine/types.h"
#include "_engine/regions.h"
#include "_engine/ids.h"
#include "_engine/literals.h"
#include "_engine/objects.h"
#include "_engine/learning.h"
#include "_engine/shortcuts.h"
#include "_engine/shortcut_type.h"
#include "_engine/memo_entries.h"
#include "_engine/memo_values.h"
#include "_engine/memo_calls.h"
#include "_engine/memo.h"
#include "_engine/imports.h"

/* ------------------------------------------------------------------------ module functions */

static int
check_element(State *state, PyObject *node)
{
    if (Py_IS_TYPE(node, state->element_type)) {
        return 0;
    }
    PyErr_Format(PyExc_TypeError, "expected an Element, not %.200s", Py_TYPE(node)->tp_name);
    return -1;
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
    return check_element(state, node) < 0 ? NULL : rendered_bytes(state, ELEMENT(node));
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
    return check_element(state, node) < 0 ? NULL : frozen_element(state, ELEMENT(node));
}

static PyObject *
core_generated_range(PyObject *module, PyObject *node)
{
    return check_element(PyModule_GetState(module), node) < 0 ? NULL
                                                              : generated_range_of(ELEMENT(node));
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
core_place_of(PyObject *module, PyObject *node)
{
    if (check_element(PyModule_GetState(module), node) < 0) {
        return NULL;
    }
    PyObject *place = ELEMENT(node)->tag->place;
    return Py_NewRef(place == NULL ? Py_None : place);
}

static PyObject *
core_changed_regions(PyObject *module, PyObject *const *args, Py_ssize_t count)
{
    State *state = PyModule_GetState(module);
    if (count != 2) {
        PyErr_Format(PyExc_TypeError, "expected 2 elements, not %zd", count);
        return NULL;
    }
    if (check_element(state, args[0]) < 0 || check_element(state, args[1]) < 0) {
        return NULL;
    }
    return changed_regions_of(state, ELEMENT(args[0]), ELEMENT(args[1]));
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
    if (!PyArg_ParseTuple(args, "UU:revive_tag", &name, &namespace)) {
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
core_revive_element(PyObject *module, PyObject *args)
{
    State *state = PyModule_GetState(module);
    PyObject *tag, *written, *children;
    Builder builder;
    Py_ssize_t start = 0, stop = 0;
    if (!PyArg_ParseTuple(args, "O!O!O!|(nn):revive_element", state->tag_type, &tag,
                          &PyDict_Type, &written, &PyTuple_Type, &children, &start, &stop)) {
        return NULL;
    }
    builder_init(&builder, state, (Tag *)tag);
    builder.generated_start = start;
    builder.generated_stop = stop;
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
PyDoc_STRVAR(generated_range_doc,
             "Return the range of the children that came from lists and iterators.");
PyDoc_STRVAR(drops_newline_doc,
             "Return whether the parser would drop the first newline of the content.");
PyDoc_STRVAR(place_of_doc, "Return the file and the line that made an element, or None.");
PyDoc_STRVAR(record_places_doc, "Note the place of each call of a tag from now on, or no more.");
PyDoc_STRVAR(changed_regions_doc,
             "Return the nearest elements with ids around all differences of two trees, or None.");
PyDoc_STRVAR(escape_text_doc, "Return text with & < > as references.");
PyDoc_STRVAR(escape_attribute_doc, "Return text with & < > \" as references.");

static PyMethodDef core_methods[] = {
    {"render", core_render, METH_O, render_doc},
    {"render_bytes", core_render_bytes, METH_O, render_bytes_doc},
    {"render_event", core_render_event, METH_VARARGS, render_event_doc},
    {"frozen", core_frozen, METH_O, frozen_doc},
    {"generated_range", core_generated_range, METH_O, generated_range_doc},
    {"drops_newline", core_drops_newline, METH_O, drops_newline_doc},
    {"place_of", core_place_of, METH_O, place_of_doc},
    {"record_places", core_record_places, METH_VARARGS, record_places_doc},
    {"changed_regions", (PyCFunction)(void (*)(void))core_changed_regions, METH_FASTCALL,
     changed_regions_doc},
    {"escape_text", core_escape_text, METH_O, escape_text_doc},
    {"escape_attribute", core_escape_attribute, METH_O, escape_attribute_doc},
    {"revive_tag", core_revive_tag, METH_VARARGS, NULL},
    {"revive_element", core_revive_element, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};

/* ------------------------------------------------------------------------------ the module */

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
        {"is_attributes", &state->is_attributes},
        {"uncalled_tag", &state->uncalled_tag},
        {"note_failure", &state->note_failure},
        {"check_generator", &state->check_generator},
        {"too_deep", &state->too_deep},
        {"unencodable", &state->unencodable},
        {"verbatim_keyword", &state->verbatim_keyword},
        {"verbatim_key", &state->verbatim_key},
    };
    for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++) {
        if (import_from("fatmorph.markup._call", functions[i].name, functions[i].into) < 0) {
            return -1;
        }
    }
    if (import_type("markupsafe", "Markup", &state->markup_type) < 0
        || import_type("fatmorph.markup._attributes", "Attrs", &state->attrs_type) < 0
        || import_type("datastar_py.attributes", "JSExpression", &state->expression_type) < 0
        || import_from("fatmorph.markup._summary", "summary", &state->summary) < 0
        || import_from("collections.abc", "Mapping", &state->mapping_type) < 0) {
        return -1;
    }
    return find_slot(state->attrs_type, "_written", &state->attrs_written) < 0
                   || find_slot(state->attrs_type, "_name", &state->attrs_name) < 0
                   || find_slot(state->attrs_type, "_text", &state->attrs_text) < 0
               ? -1
               : 0;
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
    if (import_from("fatmorph.markup._call", constant, &parts) < 0) {
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
    if (import_shared(state) < 0 || make_small_numbers(state) < 0
        || add_type(module, &name_spec, NULL, &state->name_type) < 0
        || add_type(module, &tag_spec, "Tag", &state->tag_type) < 0
        || add_type(module, &element_spec, "Element", &state->element_type) < 0
        || add_type(module, &shortcut_spec, "shortcut", &state->shortcut_type) < 0
        || add_type(module, &memo_spec, "Memo", &state->memo_type) < 0) {
        return -1;
    }
    state->first_buffer = MIN_BUFFER;
    state->names = PyDict_New();
    state->keywords = PyDict_New();
    state->written_names = PyDict_New();
    state->str_id = PyUnicode_InternFromString("id");
    state->str_value = PyUnicode_InternFromString("value");
    state->revive_tag = PyObject_GetAttrString(module, "revive_tag");
    state->revive_element = PyObject_GetAttrString(module, "revive_element");
    if (state->names == NULL || state->keywords == NULL || state->written_names == NULL
        || state->str_id == NULL || state->str_value == NULL || state->revive_tag == NULL
        || state->revive_element == NULL) {
        return -1;
    }
    if (add_special_tag(module, state, "COMMENT", &state->comment_tag) < 0
        || add_special_tag(module, state, "FRAGMENT", &state->fragment_tag) < 0) {
        return -1;
    }
#ifdef ENGINE_SOURCES /* by .ci/build_engine.py; _compiled.py compares it */
    return PyModule_AddIntConstant(module, "_sources", ENGINE_SOURCES);
#else
    return 0;
#endif
}

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
    forget_recent_keywords(state);
    forget_places(state);
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
