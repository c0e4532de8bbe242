/* The entries of a memoised view: a hash table of the tokens of each call, in the order of their use.

   Tokens are compared by type and content, and no Python code runs in between. All functions that
   read or change a table need its lock.

   Holds function bodies: a part of _core_c.c, not an interface. */

#ifndef FATMORPH_MEMO_ENTRIES_H
#define FATMORPH_MEMO_ENTRIES_H

#include "comparing.h"

/* The first number of buckets; each time that there are as many entries, it is doubled. */
#define FIRST_BUCKETS 16

typedef struct MemoEntry {
    struct MemoEntry *next; /* in the bucket, or in a chain of entries to free */
    struct MemoEntry *newer;
    struct MemoEntry *older;
    Py_uhash_t hash;
    Py_ssize_t size; /* in bytes, with the tokens and the result */
    PyObject *result;
    Py_ssize_t token_count;
    PyObject *tokens[];
} MemoEntry;

typedef struct {
    MemoEntry **buckets; /* NULL if there is no entry */
    size_t bucket_count; /* a power of two */
    MemoEntry *newest;
    MemoEntry *oldest;
    Py_ssize_t count;
    Py_ssize_t size;
} MemoTable;

/* The tokens of a call; borrowed references. */
typedef struct {
    PyObject *const *tokens;
    Py_ssize_t count;
    Py_uhash_t hash;
} MemoKey;

/* ------------------------------------------------------------------------------- the tokens */

static inline bool
is_text_token(State *state, PyObject *token)
{
    return PyUnicode_CheckExact(token) || Py_IS_TYPE(token, state->markup_type);
}

/* Set the hash of a key; return -1 on error. */
static int
hash_key(State *state, MemoKey *key)
{
    key->hash = (Py_uhash_t)key->count;
    for (Py_ssize_t i = 0; i < key->count; i++) {
        PyObject *token = key->tokens[i];
        Py_hash_t hash;
        if (is_text_token(state, token)) {
            hash = PyUnicode_Type.tp_hash(token);
        }
        else if (PyLong_CheckExact(token)) {
            hash = PyLong_Type.tp_hash(token);
        }
        else if (PyFloat_CheckExact(token)) {
            double number = PyFloat_AS_DOUBLE(token);
            int64_t bits;
            memcpy(&bits, &number, sizeof(bits));
            hash = (Py_hash_t)(bits ^ (bits >> 32));
        }
        else if (Py_IS_TYPE(token, state->element_type)) {
            hash = element_hash(token);
            if (hash == -1) {
                return -1;
            }
        }
        else {
            hash = (Py_hash_t)((uintptr_t)token >> 4);
        }
        key->hash = mix(key->hash, hash);
    }
    key->hash ^= key->hash >> 29; /* for the low bits, which choose the bucket */
    return 0;
}

/* Return 1 if two tokens have one type and one content, 0 if not, -1 on error. */
static int
same_token(State *state, PyObject *one, PyObject *other)
{
    if (one == other) {
        return 1;
    }
    if (Py_TYPE(one) != Py_TYPE(other)) {
        return 0;
    }
    if (is_text_token(state, one)) {
        return same_text(one, other);
    }
    if (PyLong_CheckExact(one)) {
        return PyObject_RichCompareBool(one, other, Py_EQ);
    }
    if (PyFloat_CheckExact(one)) { /* -0.0 is not 0.0, and NaN is NaN */
        double numbers[] = {PyFloat_AS_DOUBLE(one), PyFloat_AS_DOUBLE(other)};
        return memcmp(&numbers[0], &numbers[1], sizeof(double)) == 0;
    }
    if (Py_IS_TYPE(one, state->element_type)) {
        return same_tree(state, ELEMENT(one), ELEMENT(other), true);
    }
    return 0;
}

/* -------------------------------------------------------------------------------- the sizes */

/* Return about how many bytes a text or a number takes; -1 on error. */
static Py_ssize_t
value_size(PyObject *value)
{
    if (PyUnicode_Check(value)) {
        size_t head = PyUnicode_IS_COMPACT_ASCII(value) ? sizeof(PyASCIIObject)
                                                        : sizeof(PyUnicodeObject);
        Py_ssize_t length = PyUnicode_GET_LENGTH(value) + 1;
        return (Py_ssize_t)head + length * (Py_ssize_t)PyUnicode_KIND(value);
    }
    if (PyLong_CheckExact(value)) {
        int is_long = 0;
        (void)PyLong_AsLongLongAndOverflow(value, &is_long);
        if (is_long) {
            PyObject *bits = PyObject_CallMethod(value, "bit_length", NULL);
            Py_ssize_t size = bits == NULL ? -1 : PyLong_AsSsize_t(bits) / 7;
            Py_XDECREF(bits);
            return size;
        }
    }
    return 32;
}

/* Return about how many bytes a token or a result takes; -1 on error. */
static Py_ssize_t
token_size(State *state, PyObject *token)
{
    if (!Py_IS_TYPE(token, state->element_type)) {
        return value_size(token);
    }
    Walk walk;
    walk.frames = walk.inline_frames;
    walk.depth = 0;
    walk.capacity = INLINE_FRAMES;
    Py_ssize_t size = 0;
    bool failed = push_frame(&walk, ELEMENT(token)) < 0;
    while (!failed && walk.depth > 0) {
        Frame *frame = &walk.frames[walk.depth - 1];
        Element *element = frame->element;
        if (frame->next == 0) {
            size += (Py_ssize_t)offsetof(Element, slots)
                    + Py_SIZE(element) * (Py_ssize_t)sizeof(PyObject *);
            size += element->html == NULL ? 0 : 33 + PyBytes_GET_SIZE(element->html);
            for (uint32_t i = 0; i < element->pair_count; i++) {
                size += value_size(pair_value(element, i));
            }
        }
        if (frame->next == child_count(element)) {
            walk.depth--;
            continue;
        }
        PyObject *child = children_of(element)[frame->next++];
        if (Py_IS_TYPE(child, state->element_type)) {
            failed = push_frame(&walk, ELEMENT(child)) < 0;
        }
        else {
            size += value_size(child);
        }
    }
    if (walk.frames != walk.inline_frames) {
        PyMem_Free(walk.frames);
    }
    return failed ? -1 : size;
}

/* ------------------------------------------------------------------------------- the entries */

static void
free_entries(MemoEntry *chain)
{
    while (chain != NULL) {
        MemoEntry *next = chain->next;
        for (Py_ssize_t i = 0; i < chain->token_count; i++) {
            Py_DECREF(chain->tokens[i]);
        }
        Py_DECREF(chain->result);
        PyMem_Free(chain);
        chain = next;
    }
}

/* Return a new entry, or NULL. */
static MemoEntry *
new_entry(State *state, const MemoKey *key, PyObject *result)
{
    size_t room = sizeof(MemoEntry) + (size_t)key->count * sizeof(PyObject *);
    Py_ssize_t size = token_size(state, result);
    Py_ssize_t total = (Py_ssize_t)(room + 2 * sizeof(MemoEntry *)) + size;
    for (Py_ssize_t i = 0; size >= 0 && i < key->count; i++) {
        size = token_size(state, key->tokens[i]);
        total += size;
    }
    if (size < 0) {
        return NULL;
    }
    MemoEntry *entry = PyMem_Malloc(room);
    if (entry == NULL) {
        PyErr_NoMemory();
        return NULL;
    }
    entry->hash = key->hash;
    entry->size = total;
    entry->result = Py_NewRef(result);
    entry->token_count = key->count;
    for (Py_ssize_t i = 0; i < key->count; i++) {
        entry->tokens[i] = Py_NewRef(key->tokens[i]);
    }
    return entry;
}

static inline MemoEntry **
bucket_of(const MemoTable *table, Py_uhash_t hash)
{
    return &table->buckets[hash & (table->bucket_count - 1)];
}

static void
unlink_entry(MemoTable *table, MemoEntry *entry)
{
    *(entry->older == NULL ? &table->oldest : &entry->older->newer) = entry->newer;
    *(entry->newer == NULL ? &table->newest : &entry->newer->older) = entry->older;
}

static void
link_newest(MemoTable *table, MemoEntry *entry)
{
    entry->newer = NULL;
    entry->older = table->newest;
    *(table->newest == NULL ? &table->oldest : &table->newest->newer) = entry;
    table->newest = entry;
}

/* Set the entry of a key, which is then the newest, or NULL; return -1 on error. */
static int
find_entry(State *state, MemoTable *table, const MemoKey *key, MemoEntry **found)
{
    *found = NULL;
    MemoEntry *entry = table->buckets == NULL ? NULL : *bucket_of(table, key->hash);
    for (; entry != NULL; entry = entry->next) {
        if (entry->hash != key->hash || entry->token_count != key->count) {
            continue;
        }
        int same = 1;
        for (Py_ssize_t i = 0; same > 0 && i < key->count; i++) {
            same = same_token(state, entry->tokens[i], key->tokens[i]);
        }
        if (same < 0) {
            return -1;
        }
        if (same) {
            if (entry != table->newest) {
                unlink_entry(table, entry);
                link_newest(table, entry);
            }
            *found = entry;
            return 0;
        }
    }
    return 0;
}

/* Make room for one entry more; return -1 on error. */
static int
grow_buckets(MemoTable *table)
{
    if (table->buckets != NULL && (size_t)table->count < table->bucket_count) {
        return 0;
    }
    size_t count = table->buckets == NULL ? FIRST_BUCKETS : 2 * table->bucket_count;
    MemoEntry **buckets = PyMem_Calloc(count, sizeof(MemoEntry *));
    if (buckets == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    PyMem_Free(table->buckets);
    table->buckets = buckets;
    table->bucket_count = count;
    for (MemoEntry *entry = table->oldest; entry != NULL; entry = entry->newer) {
        MemoEntry **bucket = bucket_of(table, entry->hash);
        entry->next = *bucket;
        *bucket = entry;
    }
    return 0;
}

/* Add an entry whose key is not in the table; return -1 on error. */
static int
add_entry(MemoTable *table, MemoEntry *entry)
{
    if (grow_buckets(table) < 0) {
        return -1;
    }
    MemoEntry **bucket = bucket_of(table, entry->hash);
    entry->next = *bucket;
    *bucket = entry;
    link_newest(table, entry);
    table->count++;
    table->size += entry->size;
    return 0;
}

/* Take the oldest entries out until the table is within its bounds; return their chain. */
static MemoEntry *
take_oldest(MemoTable *table, Py_ssize_t max_count, Py_ssize_t max_size)
{
    MemoEntry *taken = NULL;
    while (table->count > max_count || table->size > max_size) {
        MemoEntry *oldest = table->oldest;
        MemoEntry **link = bucket_of(table, oldest->hash);
        while (*link != oldest) {
            link = &(*link)->next;
        }
        *link = oldest->next;
        unlink_entry(table, oldest);
        table->count--;
        table->size -= oldest->size;
        oldest->next = taken;
        taken = oldest;
    }
    return taken;
}

/* Empty the table, and return the chain of its entries. */
static MemoEntry *
take_all(MemoTable *table)
{
    MemoEntry *taken = take_oldest(table, 0, 0);
    PyMem_Free(table->buckets);
    *table = (MemoTable){NULL, 0, NULL, NULL, 0, 0};
    return taken;
}

#endif
