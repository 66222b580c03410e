/* SPDX-License-Identifier: Apache-2.0
 *
 * See cloudformation.h. A function is an object with one member, `Ref`,
 * `Condition` or `Fn::…`; the YAML reader makes the same of `!Ref`. */
#include "cloudformation.h"

#include "buf.h"

enum { DEEPEST = 64 }; /* functions in functions */

typedef struct computing {
    pol_resource_rewrite rewrite;
    pol_value template;
    bool has_unknown, has_secret;
    unsigned depth;
} computing;

static pol_value compute(computing *c, pol_value v);

static pol_value unknown(computing *c)
{
    c->has_unknown = true;
    return (pol_value){.tag = POL_UNKNOWN};
}

/* The name and operand of a function call. */
static bool is_call(pol_value v, pol_value *name, pol_value *operand)
{
    if (v.tag != POL_OBJECT || v.len != 1)
        return false;
    *name = pol_key_at(v, 0);
    *operand = pol_value_at(v, 0);
    return pol_string_is(*name, "Ref") ||
           (name->tag == POL_STRING && name->len > 4 &&
            !memcmp(name->str, "Fn::", 4));
}

/* ---- references ---------------------------------------------------------- */

/* Comma-separated defaults of list parameters are lists. */
static pol_value split_list(pol_arena *arena, pol_value text)
{
    pol_builder builder;
    pol_builder_init(&builder, arena, POL_ARRAY);
    for (const char *at = text.str, *end = text.str + text.len;;) {
        const char *comma = memchr(at, ',', (size_t)(end - at));
        size_t len = (size_t)((comma ? comma : end) - at);
        while (len && *at == ' ') {
            at++;
            len--;
        }
        pol_builder_add(&builder, pol_string(at, len));
        if (!comma)
            return pol_builder_done(&builder);
        at = comma + 1;
    }
}

static pol_value parameter(computing *c, pol_value name)
{
    pol_value all = pol_get_name(c->template, "Parameters");
    pol_value declared = all.tag == POL_OBJECT ? pol_get(all, name)
                                               : pol_undefined();
    pol_value value = pol_get_name(declared, "Default");
    pol_value type = pol_get_name(declared, "Type");
    pol_value no_echo = pol_get_name(declared, "NoEcho");
    bool secret = no_echo.tag == POL_TRUE || pol_string_is(no_echo, "true");
    bool is_list = pol_is_string(type) &&
                   (pol_string_is(type, "CommaDelimitedList") ||
                    (type.len > 5 && !memcmp(type.str, "List<", 5)));
    if (!pol_is_defined(value))
        value = unknown(c);
    else if (is_list && pol_is_string(value))
        value = split_list(c->rewrite.arena, value);
    if (!secret)
        return value;
    c->has_secret = true;
    return pol_resource_secret(c->rewrite.arena, value);
}

static pol_value ref(computing *c, pol_value name)
{
    if (!pol_is_string(name))
        return unknown(c);
    if (pol_string_is(name, "AWS::NoValue"))
        return pol_undefined();
    return parameter(c, name);
}

/* ---- conditions: true, false or unknown ---------------------------------- */

static pol_value negated(pol_value v)
{
    return pol_is_bool(v) ? pol_bool(v.tag == POL_FALSE) : v;
}

static pol_value condition(computing *c, pol_value v);

/* `stop` decides as soon as one operand is it. */
static pol_value junction(computing *c, pol_value operands, pol_tag stop)
{
    pol_value result = pol_bool(stop == POL_FALSE);
    for (uint32_t i = 0; operands.tag == POL_ARRAY && i < operands.len; i++) {
        pol_value v = condition(c, operands.items[i]);
        if (v.tag == stop)
            return v;
        if (!pol_is_bool(v))
            result = v;
    }
    return result;
}

static pol_value equals(computing *c, pol_value operands)
{
    if (operands.tag != POL_ARRAY || operands.len != 2)
        return unknown(c);
    pol_value a = compute(c, operands.items[0]);
    pol_value b = compute(c, operands.items[1]);
    if (a.tag == POL_UNKNOWN || b.tag == POL_UNKNOWN)
        return (pol_value){.tag = POL_UNKNOWN};
    return pol_bool(pol_equal(a, b));
}

static pol_value named_condition(computing *c, pol_value name)
{
    pol_value all = pol_get_name(c->template, "Conditions");
    if (!pol_is_string(name) || all.tag != POL_OBJECT)
        return unknown(c);
    return condition(c, pol_get(all, name));
}

static pol_value condition(computing *c, pol_value v)
{
    if (v.tag != POL_OBJECT || v.len != 1 || c->depth == DEEPEST)
        return unknown(c);
    c->depth++;
    pol_value name = pol_key_at(v, 0), operand = pol_value_at(v, 0);
    pol_value result;
    if (pol_string_is(name, "Condition"))
        result = named_condition(c, operand);
    else if (pol_string_is(name, "Fn::Equals"))
        result = equals(c, operand);
    else if (pol_string_is(name, "Fn::Not"))
        result = negated(junction(c, operand, POL_TRUE));
    else if (pol_string_is(name, "Fn::And"))
        result = junction(c, operand, POL_FALSE);
    else if (pol_string_is(name, "Fn::Or"))
        result = junction(c, operand, POL_TRUE);
    else
        result = unknown(c);
    c->depth--;
    return result;
}

/* ---- functions ----------------------------------------------------------- */

static pol_value fn_if(computing *c, pol_value operand)
{
    if (operand.tag != POL_ARRAY || operand.len != 3)
        return unknown(c);
    pol_value yes = named_condition(c, operand.items[0]);
    if (!pol_is_bool(yes))
        return unknown(c);
    return compute(c, operand.items[yes.tag == POL_TRUE ? 1 : 2]);
}

static void add_scalar(pol_buf *buf, pol_value v)
{
    size_t len;
    if (pol_is_string(v)) {
        pol_buf_add(buf, v.str, v.len);
        return;
    }
    const char *text = pol_value_text(buf->arena, v, POL_TEXT_JSON, &len);
    pol_buf_add(buf, text, len);
}

static pol_value string_of(pol_buf *buf, unsigned flags)
{
    pol_str text = pol_buf_done(buf);
    pol_value v = pol_string(text.ptr, text.len);
    v.flags = (uint8_t)flags;
    return v;
}

static pol_value join(computing *c, pol_value operand)
{
    if (operand.tag != POL_ARRAY || operand.len != 2 ||
        !pol_is_string(operand.items[0]))
        return unknown(c);
    pol_value parts = compute(c, operand.items[1]);
    if (parts.tag != POL_ARRAY)
        return unknown(c);
    pol_buf buf;
    unsigned flags = 0;
    pol_buf_init(&buf, c->rewrite.arena);
    for (uint32_t i = 0; i < parts.len; i++) {
        if (parts.items[i].tag == POL_UNKNOWN)
            return unknown(c);
        flags |= parts.items[i].flags;
        if (i)
            pol_buf_add(&buf, operand.items[0].str, operand.items[0].len);
        add_scalar(&buf, parts.items[i]);
    }
    return string_of(&buf, flags);
}

/* The value of `${name}`: of the function's own variables, else a Ref. */
static pol_value variable(computing *c, pol_value own, const char *name,
                          size_t len)
{
    pol_value key = pol_string(name, len);
    pol_value v = own.tag == POL_OBJECT ? pol_get(own, key) : pol_undefined();
    if (pol_is_defined(v))
        return compute(c, v);
    return memchr(name, '.', len) ? unknown(c) : ref(c, key);
}

static pol_value sub(computing *c, pol_value operand)
{
    pol_value text = operand, own = pol_undefined();
    if (operand.tag == POL_ARRAY && operand.len == 2) {
        text = operand.items[0];
        own = operand.items[1];
    }
    if (!pol_is_string(text))
        return unknown(c);
    pol_buf buf;
    unsigned flags = 0;
    pol_buf_init(&buf, c->rewrite.arena);
    for (uint32_t i = 0; i < text.len; i++) {
        const char *at = text.str + i, *end = NULL;
        if (i + 2 < text.len && at[0] == '$' && at[1] == '{')
            end = memchr(at, '}', text.len - i);
        if (!end) {
            pol_buf_char(&buf, *at);
        } else if (at[2] == '!') { /* ${!x} is ${x} itself */
            pol_buf_cstr(&buf, "${");
            pol_buf_add(&buf, at + 3, (size_t)(end - at) - 2);
        } else {
            pol_value v = variable(c, own, at + 2, (size_t)(end - at) - 2);
            if (!pol_is_defined(v) || v.tag >= POL_ARRAY)
                return unknown(c);
            flags |= v.flags;
            add_scalar(&buf, v);
        }
        i += end ? (uint32_t)(end - at) : 0;
    }
    return string_of(&buf, flags);
}

static pol_value find_in_map(computing *c, pol_value operand)
{
    pol_value at = pol_get_name(c->template, "Mappings");
    if (operand.tag != POL_ARRAY || operand.len < 3)
        return unknown(c);
    for (uint32_t i = 0; i < 3; i++) {
        pol_value key = compute(c, operand.items[i]);
        if (!pol_is_string(key) || at.tag != POL_OBJECT)
            return unknown(c);
        at = pol_get(at, key);
    }
    return pol_is_defined(at) ? at : unknown(c);
}

static pol_value select_item(computing *c, pol_value operand)
{
    if (operand.tag != POL_ARRAY || operand.len != 2)
        return unknown(c);
    pol_value index = compute(c, operand.items[0]);
    pol_value list = compute(c, operand.items[1]);
    if (pol_is_string(index))
        index = pol_number_parse(c->rewrite.arena, index.str, index.len);
    int64_t i;
    if (!pol_is_number(index) || !pol_number_int64(index, &i) ||
        list.tag != POL_ARRAY || i < 0 || i >= list.len)
        return unknown(c);
    return list.items[i];
}

static pol_value call(computing *c, pol_value name, pol_value operand)
{
    if (pol_string_is(name, "Ref"))
        return ref(c, operand);
    if (pol_string_is(name, "Fn::If"))
        return fn_if(c, operand);
    if (pol_string_is(name, "Fn::Join"))
        return join(c, operand);
    if (pol_string_is(name, "Fn::Sub"))
        return sub(c, operand);
    if (pol_string_is(name, "Fn::FindInMap"))
        return find_in_map(c, operand);
    if (pol_string_is(name, "Fn::Select"))
        return select_item(c, operand);
    return unknown(c);
}

static bool visit(pol_resource_rewrite *rewrite, pol_value *v)
{
    computing *c = rewrite->host;
    pol_value name, operand;
    if (!is_call(*v, &name, &operand))
        return v->tag != POL_ARRAY && v->tag != POL_OBJECT;
    if (c->depth == DEEPEST) {
        *v = unknown(c);
        return true;
    }
    c->depth++;
    *v = call(c, name, operand);
    c->depth--;
    return true;
}

static pol_value compute(computing *c, pol_value v)
{
    return pol_resource_rewritten(&c->rewrite, v);
}

/* ---- what the format asks for -------------------------------------------- */

static void begin(computing *c, pol_resources *set, uint32_t root)
{
    *c = (computing){.template = set->document->roots[root]};
    c->rewrite = (pol_resource_rewrite){
        .arena = set->arena, .host = c, .visit = visit};
}

bool pol_cloudformation_absent(pol_resources *set, uint32_t root,
                               pol_value item)
{
    pol_value name = pol_get_name(item, "Condition");
    computing c;
    begin(&c, set, root);
    return pol_is_string(name) && named_condition(&c, name).tag == POL_FALSE;
}

pol_value pol_cloudformation_value(pol_resources *set, uint32_t root,
                                   pol_value v, bool *has_unknown,
                                   bool *has_secret)
{
    computing c;
    begin(&c, set, root);
    v = compute(&c, v);
    *has_unknown = c.has_unknown;
    *has_secret = c.has_secret;
    return v;
}

typedef struct referring {
    pol_resource_rewrite rewrite;
    pol_resources *set;
    pol_builder *all, *one;
} referring;

static void refer(referring *r, const char *name, size_t len)
{
    const pol_resource *target =
        pol_resource_find(r->set, pol_string(name, len));
    if (!target)
        return;
    pol_builder_add(r->all, target->urn);
    pol_builder_add(r->one, target->urn);
}

static void refer_text(referring *r, pol_value text)
{
    for (uint32_t i = 0; i + 2 < text.len; i++) {
        if (text.str[i] != '$' || text.str[i + 1] != '{')
            continue;
        uint32_t start = i + 2, end = start;
        while (end < text.len && text.str[end] != '}' && text.str[end] != '.')
            end++;
        refer(r, text.str + start, end - start);
        i = end;
    }
}

static bool visit_reference(pol_resource_rewrite *rewrite, pol_value *v)
{
    referring *r = rewrite->host;
    pol_value name, operand;
    if (!is_call(*v, &name, &operand))
        return false;
    if (operand.tag == POL_ARRAY && operand.len &&
        (pol_string_is(name, "Fn::GetAtt") || pol_string_is(name, "Fn::Sub")))
        operand = operand.items[0];
    if (!pol_is_string(operand))
        return false;
    if (pol_string_is(name, "Fn::Sub")) {
        refer_text(r, operand);
    } else if (pol_string_is(name, "Ref") || pol_string_is(name, "Fn::GetAtt")) {
        const char *dot = memchr(operand.str, '.', operand.len);
        refer(r, operand.str,
              dot ? (size_t)(dot - operand.str) : operand.len);
    }
    return false;
}

static pol_value as_array(pol_arena *arena, pol_builder *builder)
{
    pol_value set = pol_builder_done(builder);
    pol_value *items = pol_items(arena, set.len);
    for (uint32_t i = 0; i < set.len; i++)
        items[i] = set.items[i];
    return pol_array(items, set.len);
}

void pol_cloudformation_references(pol_resources *set, const pol_resource *r,
                                   pol_value *all, pol_value *by_property)
{
    pol_builder everything, properties, one;
    pol_builder_init(&everything, set->arena, POL_SET);
    pol_builder_init(&properties, set->arena, POL_OBJECT);
    referring f = {.set = set, .all = &everything, .one = &one};
    f.rewrite = (pol_resource_rewrite){
        .arena = set->arena, .host = &f, .visit = visit_reference};
    pol_value props = pol_get_name(r->item, "Properties");
    for (uint32_t i = 0; props.tag == POL_OBJECT && i < props.len; i++) {
        pol_builder_init(&one, set->arena, POL_SET);
        pol_resource_rewritten(&f.rewrite, pol_value_at(props, i));
        if (one.count)
            pol_builder_put(&properties, pol_key_at(props, i),
                            as_array(set->arena, &one));
    }
    pol_builder_init(&one, set->arena, POL_SET);
    pol_value depends = pol_get_name(r->item, "DependsOn");
    if (pol_is_string(depends))
        refer(&f, depends.str, depends.len);
    for (uint32_t i = 0; depends.tag == POL_ARRAY && i < depends.len; i++) {
        if (pol_is_string(depends.items[i]))
            refer(&f, depends.items[i].str, depends.items[i].len);
    }
    *all = as_array(set->arena, &everything);
    *by_property = pol_builder_done(&properties);
}
