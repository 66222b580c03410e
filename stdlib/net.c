/* SPDX-License-Identifier: Apache-2.0
 *
 * Address ranges, IPv4 and IPv6. All addresses are kept as 128 bits, IPv4 as
 * ::ffff:a.b.c.d: that is how OPA treats such addresses, too. */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "pol_stdlib.h"

enum { BYTES = 16, BITS = 128, V4_BITS = 96 };

typedef struct address {
    uint8_t b[BYTES];
} address;

typedef struct cidr {
    address ip; /* as written */
    int prefix; /* of 128 bits */
} cidr;

static const uint8_t v4_prefix[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};

static bool is_v4(const address *a)
{
    return memcmp(a->b, v4_prefix, sizeof v4_prefix) == 0;
}

/* ---- reading ------------------------------------------------------------ */

static bool read_address(const char *text, size_t len, address *out, bool *dots)
{
    char copy[INET6_ADDRSTRLEN];
    if (len >= sizeof copy || memchr(text, '\0', len))
        return false;
    memcpy(copy, text, len);
    copy[len] = '\0';
    *dots = !memchr(text, ':', len);
    if (!*dots)
        return inet_pton(AF_INET6, copy, out->b) == 1;
    memcpy(out->b, v4_prefix, sizeof v4_prefix);
    return inet_pton(AF_INET, copy, out->b + sizeof v4_prefix) == 1;
}

static bool read_cidr(pol_value v, cidr *out)
{
    const char *slash = memchr(v.str, '/', v.len);
    bool dots;
    if (!slash ||
        !read_address(v.str, (size_t)(slash - v.str), &out->ip, &dots))
        return false;
    const char *end = v.str + v.len;
    int prefix = 0;
    if (slash + 1 == end)
        return false;
    for (const char *at = slash + 1; at < end; at++) {
        if (*at < '0' || *at > '9' || prefix > BITS)
            return false;
        prefix = prefix * 10 + (*at - '0');
    }
    out->prefix = prefix + (dots ? V4_BITS : 0);
    return out->prefix <= BITS;
}

static pol_value bad_cidr(pol_call *call, pol_value v)
{
    return pol_call_error(call, "invalid CIDR address: %.*s", (int)v.len,
                          v.str);
}

/* ---- arithmetic --------------------------------------------------------- */

/* The first (`bit` 0) or last (1) address of a range. */
static address bound(const cidr *c, int bit)
{
    address a = c->ip;
    for (int i = 0; i < BYTES; i++) {
        int kept = c->prefix - i * 8;
        uint8_t mask = (uint8_t)(kept >= 8 ? 0 : 0xFF >> (kept < 0 ? 0 : kept));
        a.b[i] = bit ? a.b[i] | mask : (uint8_t)(a.b[i] & ~mask);
    }
    return a;
}

static int compare(const address *a, const address *b)
{
    return memcmp(a->b, b->b, BYTES);
}

/* The next address; false after the last one. */
static bool increment(address *a)
{
    for (int i = BYTES - 1; i >= 0; i--)
        if (++a->b[i])
            return true;
    return false;
}

/* Is a range one of IPv4? Its bits before the address are all given then. */
static bool is_v4_range(const cidr *c)
{
    address first = bound(c, 0);
    return is_v4(&first) && c->prefix >= V4_BITS;
}

static bool contains(const cidr *c, const address *a)
{
    address first = bound(c, 0), last = bound(c, 1);
    return is_v4_range(c) == is_v4(a) && compare(&first, a) <= 0 &&
           compare(a, &last) <= 0;
}

/* ---- writing ------------------------------------------------------------ */

/* The longest run of at least two zero groups, the leftmost of equals. */
static int zero_run(const uint16_t groups[8], int *len)
{
    int best = -1;
    *len = 1;
    for (int i = 0; i < 8; i++) {
        int n = 0;
        while (i + n < 8 && groups[i + n] == 0)
            n++;
        if (n > *len) {
            best = i;
            *len = n;
        }
        i += n > 0 ? n - 1 : 0;
    }
    return best;
}

static pol_value write_address(pol_call *call, const address *a)
{
    const uint8_t *b = a->b;
    if (is_v4(a))
        return pol_call_printf(call, "%d.%d.%d.%d", b[12], b[13], b[14], b[15]);
    uint16_t groups[8];
    for (int i = 0; i < 8; i++)
        groups[i] = (uint16_t)(b[2 * i] << 8 | b[2 * i + 1]);
    int len, run = zero_run(groups, &len);
    char *text = pol_call_alloc(call, INET6_ADDRSTRLEN);
    char *at = text;
    for (int i = 0; i < 8; i++) {
        if (i == run) {
            *at++ = ':';
            *at++ = ':';
            i += len - 1;
            continue;
        }
        static const char digits[] = "0123456789abcdef";
        if (i > 0 && at[-1] != ':')
            *at++ = ':';
        for (int shift = 12; shift >= 0; shift -= 4)
            if (shift == 0 || groups[i] >> shift)
                *at++ = digits[groups[i] >> shift & 15];
    }
    return pol_string(text, (size_t)(at - text));
}

static pol_value write_cidr(pol_call *call, const cidr *c)
{
    pol_value ip = write_address(call, &c->ip);
    bool v4 = is_v4(&c->ip) && c->prefix >= V4_BITS;
    int prefix = c->prefix - (v4 ? V4_BITS : 0);
    return pol_call_printf(call, "%.*s/%d", (int)ip.len, ip.str, prefix);
}

/* ---- contains, intersects, is_valid ------------------------------------- */

static bool is_string(pol_call *call, pol_value v)
{
    if (!pol_is_string(v))
        pol_call_type_error(call, 1, "string", pol_type_name(v));
    return pol_is_string(v);
}

static bool want_cidr(pol_call *call, pol_value v, cidr *out)
{
    if (!is_string(call, v))
        return false;
    if (!read_cidr(v, out)) {
        bad_cidr(call, v);
        return false;
    }
    return true;
}

/* Is an address or range inside a range? Undefined with the error recorded. */
static pol_value contains_text(pol_call *call, pol_value outer, pol_value inner)
{
    cidr c, other;
    bool dots;
    if (!want_cidr(call, outer, &c) || !is_string(call, inner))
        return pol_undefined();
    if (read_address(inner.str, inner.len, &other.ip, &dots))
        return pol_bool(contains(&c, &other.ip));
    if (!read_cidr(inner, &other))
        return pol_call_error(call,
                              "not a valid textual representation of an IP "
                              "address or CIDR: %.*s",
                              (int)inner.len, inner.str);
    address first = bound(&other, 0), last = bound(&other, 1);
    return pol_bool(contains(&c, &first) && contains(&c, &last));
}

static pol_value cidr_contains(pol_call *call, const pol_value *args)
{
    return contains_text(call, args[0], args[1]);
}

static pol_value cidr_intersects(pol_call *call, const pol_value *args)
{
    cidr a, b;
    if (!want_cidr(call, args[0], &a) || !want_cidr(call, args[1], &b))
        return pol_undefined();
    address a_first = bound(&a, 0), b_first = bound(&b, 0);
    return pol_bool(contains(&a, &b_first) || contains(&b, &a_first));
}

static pol_value cidr_is_valid(pol_call *call, const pol_value *args)
{
    (void)call;
    cidr c;
    return pol_bool(pol_is_string(args[0]) && read_cidr(args[0], &c));
}

/* Every address costs; a range too big to write down ends at the budget or the
 * memory cap. */
static pol_value cidr_expand(pol_call *call, const pol_value *args)
{
    cidr c;
    if (!want_cidr(call, args[0], &c))
        return pol_undefined();
    address at = bound(&c, 0), last = bound(&c, 1);
    pol_builder out;
    pol_builder_init(&out, pol_call_arena(call), POL_SET);
    do {
        pol_call_spend(call, 4);
        pol_builder_add(&out, write_address(call, &at));
    } while (compare(&at, &last) < 0 && increment(&at));
    return pol_builder_done(&out);
}

/* ---- contains_matches --------------------------------------------------- */

/* An element of an operand: how results name it, and its text. */
typedef struct match {
    pol_value name, text;
} match;

/* The n-th element; false if it is none that has a text. */
static bool match_at(pol_value list, uint32_t n, match *out)
{
    pol_value v = pol_is_string(list)       ? list
                  : list.tag == POL_OBJECT ? pol_value_at(list, n)
                                           : pol_at(list, n);
    bool tuple = v.tag == POL_ARRAY && v.len > 0;
    out->name = list.tag == POL_ARRAY    ? pol_int(n)
                : list.tag == POL_OBJECT ? pol_key_at(list, n)
                                         : v;
    out->text = tuple ? pol_at(v, 0) : v;
    return pol_is_string(v) || tuple;
}

static uint32_t match_count(pol_value v)
{
    if (pol_is_string(v))
        return 1;
    return pol_is_collection(v) ? v.len : 0;
}

static pol_value no_match(pol_call *call, int operand)
{
    return pol_call_error(
        call, "operand %d: element must be string or non-empty array", operand);
}

static pol_value contains_matches(pol_call *call, const pol_value *args)
{
    match outer, inner;
    pol_builder out;
    pol_builder_init(&out, pol_call_arena(call), POL_SET);
    for (uint32_t i = 0; i < match_count(args[0]); i++) {
        if (!match_at(args[0], i, &outer))
            return no_match(call, 1);
        for (uint32_t k = 0; k < match_count(args[1]); k++) {
            pol_call_spend(call, 4);
            if (!is_string(call, outer.text))
                return pol_undefined();
            if (!match_at(args[1], k, &inner))
                return no_match(call, 2);
            pol_value found = contains_text(call, outer.text, inner.text);
            if (!pol_is_defined(found))
                return found;
            if (found.tag != POL_TRUE)
                continue;
            pol_value *pair = pol_items(pol_call_arena(call), 2);
            pair[0] = outer.name;
            pair[1] = inner.name;
            pol_builder_add(&out, pol_array(pair, 2));
        }
    }
    return pol_builder_done(&out);
}

/* ---- merge -------------------------------------------------------------- */

/* A run of addresses; `alone` is the operand it is made of, as written, or NULL
 * when several were joined. */
typedef struct run {
    address first, last;
    const cidr *alone;
} run;

static int compare_runs(const void *a, const void *b)
{
    const run *x = a, *y = b;
    int order = compare(&x->first, &y->first);
    return order ? order : compare(&y->last, &x->last);
}

/* As in OPA an IPv4 address without a length has the one of its old class. */
static bool read_merge_item(pol_call *call, pol_value v, cidr *out)
{
    bool dots;
    if (!pol_is_string(v)) {
        pol_call_error(call, "element must be string");
        return false;
    }
    if (read_cidr(v, out))
        return true;
    if (!read_address(v.str, v.len, &out->ip, &dots)) {
        bad_cidr(call, v);
        return false;
    }
    if (!is_v4(&out->ip)) {
        pol_call_error(call, "IPv6 invalid: needs prefix length");
        return false;
    }
    uint8_t class = out->ip.b[sizeof v4_prefix];
    out->prefix = V4_BITS + (class < 128 ? 8 : class < 192 ? 16 : 24);
    return true;
}

/* Do two sorted runs overlap or touch? Across the families they touch not. */
static bool joins(const run *a, const run *b)
{
    address next = a->last;
    if (compare(&b->first, &a->last) <= 0)
        return true;
    return increment(&next) && compare(&next, &b->first) == 0 &&
           is_v4(&a->last) == is_v4(&b->first);
}

static size_t join_runs(run *runs, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (kept == 0 || !joins(&runs[kept - 1], &runs[i])) {
            runs[kept++] = runs[i];
            continue;
        }
        run *last = &runs[kept - 1];
        last->alone = NULL;
        if (compare(&runs[i].last, &last->last) > 0)
            last->last = runs[i].last;
    }
    return kept;
}

/* The largest range that starts at `first` and ends not after `last`. */
static cidr largest(const address *first, const address *last)
{
    cidr c = {*first, BITS};
    while (c.prefix > 0) {
        cidr bigger = {*first, c.prefix - 1};
        address low = bound(&bigger, 0), high = bound(&bigger, 1);
        if (compare(&low, first) != 0 || compare(&high, last) > 0)
            break;
        c = bigger;
    }
    return c;
}

static void add_run(pol_call *call, pol_builder *out, const run *r)
{
    address at = r->first;
    if (r->alone) {
        pol_builder_add(out, write_cidr(call, r->alone));
        return;
    }
    for (;;) {
        cidr c = largest(&at, &r->last);
        address end = bound(&c, 1);
        pol_builder_add(out, write_cidr(call, &c));
        if (compare(&end, &r->last) >= 0 || !increment(&end))
            return;
        at = end;
    }
}

static pol_value cidr_merge(pol_call *call, const pol_value *args)
{
    pol_value list = args[0];
    if (list.tag != POL_ARRAY && list.tag != POL_SET)
        return pol_call_error(call, "operand must be an array");
    run *runs = pol_call_alloc(call, list.len * sizeof *runs);
    cidr *items = pol_call_alloc(call, list.len * sizeof *items);
    pol_call_spend(call, (uint64_t)list.len * 8);
    for (uint32_t i = 0; i < list.len; i++) {
        pol_value v = pol_at(list, i);
        if (!read_merge_item(call, v, &items[i]))
            return pol_undefined();
        bool whole = memchr(v.str, '/', v.len);
        runs[i] = (run){bound(&items[i], 0), bound(&items[i], 1), &items[i]};
        if (whole)
            items[i].ip = runs[i].first;
    }
    qsort(runs, list.len, sizeof *runs, compare_runs);
    size_t count = join_runs(runs, list.len);
    pol_builder out;
    pol_builder_init(&out, pol_call_arena(call), POL_SET);
    for (size_t i = 0; i < count; i++)
        add_run(call, &out, &runs[i]);
    return pol_builder_done(&out);
}

#define TEXTS_TO_BOOL "(string, string) -> boolean"
#define MATCHES                                                               \
    "any<string | array[any<string | array[any]>] | "                         \
    "object{string: any<string | array[any]>} | set[any<string | array[any]>]>"

const pol_builtin pol_stdlib_net[] = {
    {"net.cidr_contains", TEXTS_TO_BOOL, cidr_contains,
     POL_PURE | POL_UNCHECKED,
     "whether the address range has the address or the whole other range",
     NULL},
    {"net.cidr_contains_matches",
     "(" MATCHES ", " MATCHES ") -> set[[any, any]]", contains_matches,
     POL_PURE | POL_UNCHECKED,
     "pairs of the range and the address or range that it contains, by index, "
     "key or member",
     NULL},
    {"net.cidr_expand", "(string) -> set[string]", cidr_expand, POL_PURE,
     "all addresses of the range", NULL},
    {"net.cidr_intersects", TEXTS_TO_BOOL, cidr_intersects,
     POL_PURE | POL_UNCHECKED, "whether the ranges have an address in common",
     NULL},
    {"net.cidr_is_valid", "(string) -> boolean", cidr_is_valid,
     POL_PURE | POL_UNCHECKED,
     "whether the value is an address range such as \"10.0.0.0/8\"", NULL},
    {"net.cidr_merge", "(any<array[any<string>] | set[string]>) -> set[string]",
     cidr_merge, POL_PURE | POL_UNCHECKED,
     "the fewest ranges that have the same addresses", NULL},
    {"net.cidr_overlap", TEXTS_TO_BOOL, cidr_contains,
     POL_PURE | POL_UNCHECKED | POL_DEPRECATED,
     "whether the range has the address; use net.cidr_contains instead", NULL},
    {0},
};
