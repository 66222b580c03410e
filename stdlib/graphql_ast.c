/* SPDX-License-Identifier: Apache-2.0
 *
 * The table of what each kind of node has, and the two walks over it. */
#include "graphql_ast.h"

#include <stddef.h>
#include <stdio.h>

pol_graphql_node *pol_graphql_new(pol_call *call, pol_graphql_kind kind)
{
    pol_graphql_node *node = pol_call_alloc(call, sizeof *node);
    *node = (pol_graphql_node){.kind = (uint8_t)kind};
    node->name = node->alias = node->description = node->condition =
        pol_literal("");
    return node;
}

void pol_graphql_append(pol_graphql_list *list, pol_graphql_node *node)
{
    if (list->last)
        list->last->next = node;
    else
        list->first = node;
    list->last = node;
    list->count++;
}

pol_graphql_node *pol_graphql_named(const pol_graphql_list *list,
                                    pol_value name)
{
    POL_GRAPHQL_EACH(node, *list)
        if (pol_equal(node->name, name))
            return node;
    return NULL;
}

/* ---- the table ----------------------------------------------------------- */

typedef enum { TEXT, FLAG, NUMBER, NODE, LIST, ZERO, NO } part_form;

typedef struct part {
    uint8_t owner; /* pol_graphql_kind */
    uint8_t form;
    uint8_t kind; /* of the nodes in a NODE or LIST */
    uint16_t offset;
    const char *name; /* member of the value */
    const char *type; /* Go's name of it, for complaints */
} part;

#define AT(member) offsetof(pol_graphql_node, member)
#define OWNER(kind) POL_GRAPHQL_##kind
#define COMMENTED(owner)                                                    \
    {OWNER(owner), NODE, OWNER(COMMENTS), AT(after), "Comment",             \
     "ast.CommentGroup"}
#define DESCRIBED(owner)                                                    \
    {OWNER(owner), TEXT, 0, AT(description), "Description", "string"},      \
    {OWNER(owner), NODE, OWNER(COMMENTS), AT(before),                       \
     "BeforeDescriptionComment", "ast.CommentGroup"},                       \
    {OWNER(owner), NODE, OWNER(COMMENTS), AT(after),                        \
     "AfterDescriptionComment", "ast.CommentGroup"}
#define ENDED(owner)                                                        \
    {OWNER(owner), NODE, OWNER(COMMENTS), AT(end),                          \
     "EndOfDefinitionComment", "ast.CommentGroup"}
#define NAMED(owner) {OWNER(owner), TEXT, 0, AT(name), "Name", "string"}
#define DIRECTED(owner)                                                     \
    {OWNER(owner), LIST, OWNER(DIRECTIVE), AT(directives), "Directives",    \
     "ast.DirectiveList"}
#define SELECTING(owner)                                                    \
    {OWNER(owner), LIST, OWNER(FIELD), AT(members), "SelectionSet",         \
     "ast.SelectionSet"}
#define TYPED(owner)                                                        \
    {OWNER(owner), NODE, OWNER(TYPE), AT(type), "Type", "ast.Type"}
#define VALUED(owner, name)                                                 \
    {OWNER(owner), NODE, OWNER(VALUE), AT(value), name, "ast.Value"}
#define STRINGS(owner, member, name)                                        \
    {OWNER(owner), LIST, OWNER(NAME), AT(member), name, "[]string"}

static const part parts[] = {
    {OWNER(QUERY), LIST, OWNER(OPERATION), AT(members), "Operations",
     "ast.OperationList"},
    {OWNER(QUERY), LIST, OWNER(FRAGMENT), AT(variables), "Fragments",
     "ast.FragmentDefinitionList"},
    COMMENTED(QUERY),
    {OWNER(OPERATION), TEXT, 0, AT(alias), "Operation", "ast.Operation"},
    NAMED(OPERATION),
    {OWNER(OPERATION), LIST, OWNER(VARIABLE), AT(variables),
     "VariableDefinitions", "ast.VariableDefinitionList"},
    DIRECTED(OPERATION), SELECTING(OPERATION), COMMENTED(OPERATION),
    NAMED(FRAGMENT),
    {OWNER(FRAGMENT), LIST, OWNER(VARIABLE), AT(variables),
     "VariableDefinition", "ast.VariableDefinitionList"},
    {OWNER(FRAGMENT), TEXT, 0, AT(condition), "TypeCondition", "string"},
    DIRECTED(FRAGMENT), SELECTING(FRAGMENT), COMMENTED(FRAGMENT),
    {OWNER(VARIABLE), TEXT, 0, AT(name), "Variable", "string"},
    TYPED(VARIABLE), VALUED(VARIABLE, "DefaultValue"), DIRECTED(VARIABLE),
    {OWNER(VARIABLE), ZERO, 0, 0, "Used", "bool"}, COMMENTED(VARIABLE),
    {OWNER(FIELD), TEXT, 0, AT(alias), "Alias", "string"}, NAMED(FIELD),
    {OWNER(FIELD), LIST, OWNER(ARGUMENT), AT(arguments), "Arguments",
     "ast.ArgumentList"},
    DIRECTED(FIELD), SELECTING(FIELD), COMMENTED(FIELD),
    NAMED(SPREAD), DIRECTED(SPREAD), COMMENTED(SPREAD),
    {OWNER(INLINE), TEXT, 0, AT(condition), "TypeCondition", "string"},
    DIRECTED(INLINE), SELECTING(INLINE), COMMENTED(INLINE),
    NAMED(ARGUMENT), VALUED(ARGUMENT, "Value"), COMMENTED(ARGUMENT),
    {OWNER(VALUE), TEXT, 0, AT(condition), "Raw", "string"},
    {OWNER(VALUE), LIST, OWNER(CHILD), AT(members), "Children",
     "ast.ChildValueList"},
    {OWNER(VALUE), NUMBER, 0, AT(number), "Kind", "ast.ValueKind"},
    COMMENTED(VALUE),
    {OWNER(VALUE), ZERO, 0, 0, "ExpectedTypeHasDefault", "bool"},
    NAMED(CHILD), VALUED(CHILD, "Value"), COMMENTED(CHILD),
    NAMED(DIRECTIVE),
    {OWNER(DIRECTIVE), LIST, OWNER(ARGUMENT), AT(arguments), "Arguments",
     "ast.ArgumentList"},
    {OWNER(DIRECTIVE), TEXT, 0, AT(condition), "Location",
     "ast.DirectiveLocation"},
    {OWNER(TYPE), TEXT, 0, AT(name), "NamedType", "string"},
    {OWNER(TYPE), NODE, OWNER(TYPE), AT(type), "Elem", "ast.Type"},
    {OWNER(TYPE), FLAG, 0, AT(flag), "NonNull", "bool"},
    {OWNER(SCHEMA), LIST, OWNER(SCHEMA_DEF), AT(schemas), "Schema",
     "ast.SchemaDefinitionList"},
    {OWNER(SCHEMA), LIST, OWNER(SCHEMA_DEF), AT(extensions),
     "SchemaExtension", "ast.SchemaDefinitionList"},
    {OWNER(SCHEMA), LIST, OWNER(DIRECTIVE_DEF), AT(directives), "Directives",
     "ast.DirectiveDefinitionList"},
    {OWNER(SCHEMA), LIST, OWNER(DEFINITION), AT(members), "Definitions",
     "ast.DefinitionList"},
    {OWNER(SCHEMA), LIST, OWNER(DEFINITION), AT(types), "Extensions",
     "ast.DefinitionList"},
    COMMENTED(SCHEMA),
    DESCRIBED(SCHEMA_DEF), DIRECTED(SCHEMA_DEF),
    {OWNER(SCHEMA_DEF), LIST, OWNER(OPERATION_TYPE), AT(members),
     "OperationTypes", "ast.OperationTypeDefinitionList"},
    ENDED(SCHEMA_DEF),
    {OWNER(OPERATION_TYPE), TEXT, 0, AT(alias), "Operation", "ast.Operation"},
    {OWNER(OPERATION_TYPE), TEXT, 0, AT(description), "Type", "string"},
    COMMENTED(OPERATION_TYPE),
    {OWNER(DEFINITION), TEXT, 0, AT(alias), "Kind", "ast.DefinitionKind"},
    DESCRIBED(DEFINITION), NAMED(DEFINITION), DIRECTED(DEFINITION),
    STRINGS(DEFINITION, schemas, "Interfaces"),
    {OWNER(DEFINITION), LIST, OWNER(FIELD_DEF), AT(members), "Fields",
     "ast.FieldList"},
    STRINGS(DEFINITION, types, "Types"),
    {OWNER(DEFINITION), LIST, OWNER(ENUM_VALUE), AT(arguments), "EnumValues",
     "ast.EnumValueList"},
    {OWNER(DEFINITION), FLAG, 0, AT(flag), "BuiltIn", "bool"},
    ENDED(DEFINITION),
    DESCRIBED(FIELD_DEF), NAMED(FIELD_DEF),
    {OWNER(FIELD_DEF), LIST, OWNER(ARGUMENT_DEF), AT(arguments), "Arguments",
     "ast.ArgumentDefinitionList"},
    VALUED(FIELD_DEF, "DefaultValue"), TYPED(FIELD_DEF), DIRECTED(FIELD_DEF),
    DESCRIBED(ARGUMENT_DEF), NAMED(ARGUMENT_DEF),
    VALUED(ARGUMENT_DEF, "DefaultValue"), TYPED(ARGUMENT_DEF),
    DIRECTED(ARGUMENT_DEF),
    DESCRIBED(ENUM_VALUE), NAMED(ENUM_VALUE), DIRECTED(ENUM_VALUE),
    DESCRIBED(DIRECTIVE_DEF), NAMED(DIRECTIVE_DEF),
    {OWNER(DIRECTIVE_DEF), LIST, OWNER(ARGUMENT_DEF), AT(arguments),
     "Arguments", "ast.ArgumentDefinitionList"},
    STRINGS(DIRECTIVE_DEF, members, "Locations"),
    {OWNER(DIRECTIVE_DEF), FLAG, 0, AT(flag), "IsRepeatable", "bool"},
    {OWNER(COMMENTS), LIST, OWNER(COMMENT), AT(members), "List",
     "ast.Comment"},
    {OWNER(COMMENT), TEXT, 0, AT(name), "Value", "string"},
    {OWNER(KINDS), NO, 0, 0, NULL, NULL},
};

static const char *const go_names[] = {
    "QueryDocument", "OperationDefinition", "FragmentDefinition",
    "VariableDefinition", "Field", "FragmentSpread", "InlineFragment",
    "Argument", "Value", "ChildValue", "Directive", "Type", "SchemaDocument",
    "SchemaDefinition", "OperationTypeDefinition", "Definition",
    "FieldDefinition", "ArgumentDefinition", "EnumValueDefinition",
    "DirectiveDefinition", "string", "CommentGroup", "Comment"};

/* The rows of a kind lie together. */
static const part *parts_of(uint8_t kind)
{
    const part *p = parts;
    while (p->owner != kind && p->form != NO)
        p++;
    return p;
}

static void *slot(pol_graphql_node *node, const part *p)
{
    return (char *)node + p->offset;
}

/* ---- to a value ---------------------------------------------------------- */

static pol_value show_list(pol_call *call, const pol_graphql_list *list)
{
    pol_value *items = pol_items(pol_call_arena(call), list->count);
    size_t count = 0;
    POL_GRAPHQL_EACH(node, *list)
        items[count++] = pol_graphql_show(call, node);
    return pol_array(items, count);
}

/* Undefined when the part is left out. */
static pol_value show_part(pol_call *call, const pol_graphql_node *node,
                           const part *p)
{
    const void *at = (const char *)node + p->offset;
    switch ((part_form)p->form) {
    case TEXT: return *(const pol_value *)at;
    case FLAG: return pol_bool(*(const bool *)at);
    case NUMBER: return pol_int(*(const int64_t *)at);
    case ZERO: return pol_bool(false);
    case NODE: {
        const pol_graphql_node *child = *(pol_graphql_node *const *)at;
        return child ? pol_graphql_show(call, child) : pol_undefined();
    }
    case LIST: {
        const pol_graphql_list *list = at;
        return list->count ? show_list(call, list) : pol_undefined();
    }
    default: return pol_undefined();
    }
}

pol_value pol_graphql_show(pol_call *call, const pol_graphql_node *node)
{
    if (node->kind == POL_GRAPHQL_NAME)
        return node->name;
    pol_builder object;
    pol_builder_init(&object, pol_call_arena(call), POL_OBJECT);
    for (const part *p = parts_of(node->kind); p->owner == node->kind; p++) {
        pol_value value = show_part(call, node, p);
        if (pol_is_defined(value))
            pol_builder_put(&object, pol_string(p->name, strlen(p->name)),
                            value);
    }
    return pol_builder_done(&object);
}

/* ---- from a value -------------------------------------------------------- */

enum { PATH = 3 * POL_GRAPHQL_NESTING };

typedef struct reader {
    pol_call *call;
    uint32_t depth;
    uint32_t exact;       /* nodes around that Go reads by exact names */
    const char *path[PATH]; /* members on the way, as Go's messages have them */
    uint32_t path_len;
    pol_value error; /* undefined: none yet */
    bool fatal;      /* no other kind of selection is tried then */
} reader;

static pol_graphql_node *read_node(reader *r, uint8_t kind, pol_value v);

static bool failed(const reader *r)
{
    return pol_is_defined(r->error);
}

/* Go reads these kinds by their exact member names, the others in any case. */
static bool is_exact(uint8_t kind)
{
    return kind >= POL_GRAPHQL_OPERATION && kind <= POL_GRAPHQL_INLINE &&
           kind != POL_GRAPHQL_VARIABLE;
}

static bool same_word(pol_value key, const char *name, bool exact)
{
    if (key.tag != POL_STRING || key.len != strlen(name))
        return false;
    for (uint32_t i = 0; i < key.len; i++) {
        char a = key.str[i], b = name[i];
        if (a == b)
            continue;
        if (exact || (a | 0x20) != (b | 0x20) || (a | 0x20) < 'a' ||
            (a | 0x20) > 'z')
            return false;
    }
    return true;
}

/* Of several spellings the last one counts. */
static pol_value member(pol_value object, const char *name, bool exact)
{
    pol_value found = pol_undefined();
    for (uint32_t i = 0; i < object.len; i++)
        if (same_word(pol_key_at(object, i), name, exact))
            found = pol_value_at(object, i);
    return found;
}

/* Go names the innermost struct, but the document when it reads by itself what
 * is in operations and fragments. */
static void complain(reader *r, const part *p, pol_value v, const char *type)
{
    if (failed(r))
        return;
    const char *word = pol_is_bool(v) ? "bool" : pol_type_name(v);
    pol_bytes out;
    pol_bytes_init(&out, r->call, 128);
    pol_bytes_text(&out, "json: cannot unmarshal ");
    pol_bytes_text(&out, word);
    pol_bytes_text(&out, " into Go struct field ");
    pol_bytes_text(&out, go_names[r->exact ? POL_GRAPHQL_QUERY : p->owner]);
    for (uint32_t i = 0; i < r->path_len; i++) {
        pol_bytes_byte(&out, '.');
        pol_bytes_text(&out, r->path[i]);
    }
    pol_bytes_text(&out, " of type ");
    pol_bytes_text(&out, type);
    r->error = pol_bytes_done(&out);
}

/* Go tries a field, a spread and an inline fragment in turn. As every member may
 * be missing, nearly everything is a field. What is none of them is dropped. */
static void read_selection(reader *r, pol_value item, pol_graphql_list *list)
{
    if (item.tag != POL_OBJECT)
        return;
    for (uint8_t kind = POL_GRAPHQL_FIELD; kind <= POL_GRAPHQL_INLINE; kind++) {
        pol_graphql_node *node = read_node(r, kind, item);
        if (!failed(r))
            pol_graphql_append(list, node);
        if (!failed(r) || r->fatal)
            return;
        r->error = pol_undefined();
    }
}

static void read_list(reader *r, const part *p, pol_value v,
                      pol_graphql_list *list)
{
    bool text = p->kind == POL_GRAPHQL_NAME;
    for (uint32_t i = 0; i < v.len && !failed(r); i++) {
        pol_value item = pol_at(v, i);
        if (p->kind == POL_GRAPHQL_FIELD) {
            read_selection(r, item, list);
            continue;
        }
        if (item.tag != (text ? POL_STRING : POL_OBJECT)) {
            char type[64];
            snprintf(type, sizeof type, text ? "string" : "ast.%s",
                     go_names[p->kind]);
            complain(r, p, item,
                     is_exact(p->kind) ? "map[string]json.RawMessage" : type);
            return;
        }
        pol_graphql_append(list, read_node(r, p->kind, item));
    }
}

static void read_part(reader *r, pol_graphql_node *node, const part *p,
                      pol_value v)
{
    static const uint8_t wanted[] = {[TEXT] = POL_STRING,
                                     [NUMBER] = POL_INT,
                                     [NODE] = POL_OBJECT,
                                     [LIST] = POL_ARRAY};
    if (p->form == ZERO || v.tag == POL_NULL || !pol_is_defined(v))
        return;
    bool good = p->form == FLAG ? pol_is_bool(v) : v.tag == wanted[p->form];
    if (!good) {
        complain(r, p, v, p->kind == POL_GRAPHQL_FIELD ? "[]json.RawMessage"
                                                       : p->type);
        return;
    }
    void *at = slot(node, p);
    switch ((part_form)p->form) {
    case TEXT: *(pol_value *)at = v; break;
    case FLAG: *(bool *)at = v.tag == POL_TRUE; break;
    case NUMBER: *(int64_t *)at = v.i; break;
    case NODE: *(pol_graphql_node **)at = read_node(r, p->kind, v); break;
    default: read_list(r, p, v, at); break;
    }
}

/* What OPA needs to be there, too: it falls over without. */
static void require(reader *r, const pol_graphql_node *node)
{
    const char *missing = NULL;
    uint8_t kind = node->kind;
    if ((kind == POL_GRAPHQL_VARIABLE || kind == POL_GRAPHQL_FIELD_DEF ||
         kind == POL_GRAPHQL_ARGUMENT_DEF) &&
        !node->type)
        missing = "Type";
    if ((kind == POL_GRAPHQL_ARGUMENT || kind == POL_GRAPHQL_CHILD) &&
        !node->value)
        missing = "Value";
    if (kind == POL_GRAPHQL_VALUE &&
        (node->number < 0 || node->number > POL_GRAPHQL_OBJECT))
        missing = "Kind";
    if (!missing || failed(r))
        return;
    r->fatal = true;
    r->error = pol_call_printf(r->call, "GraphQL tree: no %s in a %s", missing,
                               go_names[kind]);
}

static pol_graphql_node *read_node(reader *r, uint8_t kind, pol_value v)
{
    pol_graphql_node *node = pol_graphql_new(r->call, kind);
    if (kind == POL_GRAPHQL_NAME) {
        node->name = v;
        return node;
    }
    if (++r->depth >= PATH)
        pol_call_limit(r->call, "nesting");
    bool exact = is_exact(kind);
    r->exact += exact;
    for (const part *p = parts_of(kind); p->owner == kind && !failed(r); p++) {
        r->path[r->path_len] = p->name;
        r->path_len += !exact;
        read_part(r, node, p, member(v, p->name, exact));
        r->path_len -= !exact;
    }
    require(r, node);
    r->exact -= exact;
    r->depth--;
    return node;
}

pol_graphql_node *pol_graphql_read(pol_call *call, pol_graphql_kind kind,
                                   pol_value object, pol_value *error)
{
    reader r;
    memset(&r, 0, sizeof r);
    r.call = call;
    r.error = pol_undefined();
    pol_graphql_node *node = read_node(&r, (uint8_t)kind, object);
    *error = r.error;
    return failed(&r) ? NULL : node;
}
