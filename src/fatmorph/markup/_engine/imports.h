/* Objects and types of Python modules, and the slots of a class.

   Holds function bodies: a part of _core_c.c, not an interface. */

#ifndef FATMORPH_IMPORTS_H
#define FATMORPH_IMPORTS_H

#include "state.h"

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
        PyErr_Format(PyExc_TypeError, "%s.%s is not a type", module_name, name);
        Py_DECREF(type);
        return -1;
    }
    *into = (PyTypeObject *)type;
    return 0;
}

/* Find where the objects of a class have a slot. */
static int
find_slot(PyTypeObject *type, const char *name, Py_ssize_t *offset)
{
    PyObject *slot = PyObject_GetAttrString((PyObject *)type, name);
    if (slot == NULL) {
        return -1;
    }
    bool is_slot = Py_IS_TYPE(slot, &PyMemberDescr_Type);
    if (is_slot) {
        *offset = ((PyMemberDescrObject *)slot)->d_member->offset;
    }
    else {
        PyErr_Format(PyExc_TypeError, "%.200s.%s is not a slot", type->tp_name, name);
    }
    Py_DECREF(slot);
    return is_slot ? 0 : -1;
}

#endif
