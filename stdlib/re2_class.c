/* SPDX-License-Identifier: Apache-2.0
 *
 * Character classes of regular expressions. Unicode data comes from
 * libunistring; the categories' names are those of Go. */
#include "re2_class.h"

#include <stdlib.h>
#include <unicase.h>
#include <unictype.h>

enum { LAST_RUNE = 0x10FFFF };

/* ---- ranges ---------------------------------------------------------- */

void pol_re2_set_add(pol_re2_set *set, uint32_t from, uint32_t to)
{
    if (set->count == set->room) {
        size_t room = set->room < 8 ? 8 : set->room * 2;
        pol_re2_range *ranges =
            pol_call_alloc(set->call, room * sizeof(*ranges));
        if (set->count > 0)
            memcpy(ranges, set->ranges, set->count * sizeof(*ranges));
        set->ranges = ranges;
        set->room = room;
    }
    set->ranges[set->count++] = (pol_re2_range){from, to};
}

static int by_start(const void *a, const void *b)
{
    const pol_re2_range *x = a, *y = b;
    return (x->from > y->from) - (x->from < y->from);
}

/* Sorts the ranges and joins those that touch; the new count. */
static size_t normalise(pol_re2_range *ranges, size_t count)
{
    size_t done = 0;
    if (count > 1)
        qsort(ranges, count, sizeof(*ranges), by_start);
    for (size_t i = 0; i < count; i++) {
        if (done > 0 && ranges[i].from <= ranges[done - 1].to + 1) {
            if (ranges[i].to > ranges[done - 1].to)
                ranges[done - 1].to = ranges[i].to;
        } else {
            ranges[done++] = ranges[i];
        }
    }
    return done;
}

/* Adds what is in none of the ranges, which are normalised. */
static void add_rest(pol_re2_set *set, const pol_re2_range *ranges,
                     size_t count)
{
    uint32_t from = 0;
    for (size_t i = 0; i < count; i++) {
        if (ranges[i].from > from)
            pol_re2_set_add(set, from, ranges[i].from - 1);
        from = ranges[i].to + 1;
    }
    if (from <= LAST_RUNE)
        pol_re2_set_add(set, from, LAST_RUNE);
}

/* ---- ASCII classes --------------------------------------------------- */

/* The bounds of up to four ranges. */
typedef struct ascii_class {
    const char *name;
    const char *bounds;
    size_t len;
} ascii_class;

#define CLASS(name, bounds)                                                    \
    {                                                                          \
        name, bounds, sizeof(bounds) - 1                                       \
    }
static const ascii_class ascii_classes[] = {
    CLASS("d", "09"),           CLASS("s", "\t\n\f\r  "),
    CLASS("w", "09AZ__az"),     CLASS("alnum", "09AZaz"),
    CLASS("alpha", "AZaz"),     CLASS("ascii", "\0\x7F"),
    CLASS("blank", "\t\t  "),   CLASS("cntrl", "\0\x1F\x7F\x7F"),
    CLASS("digit", "09"),       CLASS("graph", "!~"),
    CLASS("lower", "az"),       CLASS("print", " ~"),
    CLASS("punct", "!/:@[`{~"), CLASS("space", "\t\r  "),
    CLASS("upper", "AZ"),       CLASS("word", "09AZ__az"),
    CLASS("xdigit", "09AFaf"),
};
#undef CLASS

/* Adds the other case of the ASCII letters in from..to; k and s have a third
 * form each. */
static void add_folded(pol_re2_set *set, uint32_t from, uint32_t to)
{
    for (uint32_t c = from; c <= to; c++) {
        uint32_t lower = c | 0x20;
        if (lower < 'a' || lower > 'z')
            continue;
        pol_re2_set_add(set, lower, lower);
        pol_re2_set_add(set, lower ^ 0x20, lower ^ 0x20);
        if (lower == 'k')
            pol_re2_set_add(set, 0x212A, 0x212A);
        if (lower == 's')
            pol_re2_set_add(set, 0x17F, 0x17F);
    }
}

bool pol_re2_set_ascii(pol_re2_set *set, pol_value name, bool negated,
                       bool fold)
{
    const ascii_class *found = NULL;
    for (size_t i = 0; i < sizeof(ascii_classes) / sizeof(*found); i++)
        if (strlen(ascii_classes[i].name) == name.len &&
            memcmp(ascii_classes[i].name, name.str, name.len) == 0)
            found = &ascii_classes[i];
    if (found == NULL)
        return false;
    pol_re2_set part = {.call = set->call};
    for (size_t i = 0; i < found->len; i += 2) {
        uint32_t from = (unsigned char)found->bounds[i];
        uint32_t to = (unsigned char)found->bounds[i + 1];
        pol_re2_set_add(&part, from, to);
        if (fold)
            add_folded(&part, from, to);
    }
    part.count = normalise(part.ranges, part.count);
    if (negated)
        add_rest(set, part.ranges, part.count);
    for (size_t i = 0; !negated && i < part.count; i++)
        pol_re2_set_add(set, part.ranges[i].from, part.ranges[i].to);
    return true;
}

/* ---- Unicode properties ---------------------------------------------- */

typedef struct category {
    const char *name;  /* PCRE2's */
    const char *names; /* Go's, without spaces, `_`, `-`, in lower case */
    uint32_t mask;
} category;

static const category categories[] = {
    {"C", "c other", UC_CATEGORY_MASK_C},
    {"Cc", "cc control cntrl", UC_CATEGORY_MASK_Cc},
    {"Cf", "cf format", UC_CATEGORY_MASK_Cf},
    {"Cn", "cn unassigned", UC_CATEGORY_MASK_Cn},
    {"Co", "co privateuse", UC_CATEGORY_MASK_Co},
    {"Cs", "cs surrogate", UC_CATEGORY_MASK_Cs},
    {"L", "l letter", UC_CATEGORY_MASK_L},
    {"L&", "lc casedletter", UC_CATEGORY_MASK_LC},
    {"Ll", "ll lowercaseletter", UC_CATEGORY_MASK_Ll},
    {"Lm", "lm modifierletter", UC_CATEGORY_MASK_Lm},
    {"Lo", "lo otherletter", UC_CATEGORY_MASK_Lo},
    {"Lt", "lt titlecaseletter", UC_CATEGORY_MASK_Lt},
    {"Lu", "lu uppercaseletter", UC_CATEGORY_MASK_Lu},
    {"M", "m mark combiningmark", UC_CATEGORY_MASK_M},
    {"Mc", "mc spacingmark", UC_CATEGORY_MASK_Mc},
    {"Me", "me enclosingmark", UC_CATEGORY_MASK_Me},
    {"Mn", "mn nonspacingmark", UC_CATEGORY_MASK_Mn},
    {"N", "n number", UC_CATEGORY_MASK_N},
    {"Nd", "nd decimalnumber digit", UC_CATEGORY_MASK_Nd},
    {"Nl", "nl letternumber", UC_CATEGORY_MASK_Nl},
    {"No", "no othernumber", UC_CATEGORY_MASK_No},
    {"P", "p punctuation punct", UC_CATEGORY_MASK_P},
    {"Pc", "pc connectorpunctuation", UC_CATEGORY_MASK_Pc},
    {"Pd", "pd dashpunctuation", UC_CATEGORY_MASK_Pd},
    {"Pe", "pe closepunctuation", UC_CATEGORY_MASK_Pe},
    {"Pf", "pf finalpunctuation", UC_CATEGORY_MASK_Pf},
    {"Pi", "pi initialpunctuation", UC_CATEGORY_MASK_Pi},
    {"Po", "po otherpunctuation", UC_CATEGORY_MASK_Po},
    {"Ps", "ps openpunctuation", UC_CATEGORY_MASK_Ps},
    {"S", "s symbol", UC_CATEGORY_MASK_S},
    {"Sc", "sc currencysymbol", UC_CATEGORY_MASK_Sc},
    {"Sk", "sk modifiersymbol", UC_CATEGORY_MASK_Sk},
    {"Sm", "sm mathsymbol", UC_CATEGORY_MASK_Sm},
    {"So", "so othersymbol", UC_CATEGORY_MASK_So},
    {"Z", "z separator", UC_CATEGORY_MASK_Z},
    {"Zl", "zl lineseparator", UC_CATEGORY_MASK_Zl},
    {"Zp", "zp paragraphseparator", UC_CATEGORY_MASK_Zp},
    {"Zs", "zs spaceseparator", UC_CATEGORY_MASK_Zs},
};

enum { NAME_ROOM = 40 };

/* The name as it is looked up; false if it is longer than any. */
static bool loose_name(pol_value name, char out[NAME_ROOM])
{
    size_t len = 0;
    for (uint32_t i = 0; i < name.len; i++) {
        char c = name.str[i];
        if (c == ' ' || c == '_' || c == '-')
            continue;
        if (len + 1 == NAME_ROOM)
            return false;
        out[len++] = c >= 'A' && c <= 'Z' ? c ^ 0x20 : c;
    }
    out[len] = 0;
    return len > 0;
}

/* Is `word` one of the words of `list`? */
static bool in_list(const char *list, const char *word)
{
    size_t len = strlen(word);
    for (const char *at = list; *at != 0;) {
        size_t size = strcspn(at, " ");
        if (size == len && memcmp(at, word, len) == 0)
            return true;
        at += size + (at[size] == ' ');
    }
    return false;
}

static void add_property(pol_re2_set *set, pol_re2_property property)
{
    if (set->property_count == set->property_room) {
        size_t room = set->property_room < 4 ? 4 : set->property_room * 2;
        pol_re2_property *all = pol_call_alloc(set->call, room * sizeof(*all));
        if (set->property_count > 0)
            memcpy(all, set->properties, set->property_count * sizeof(*all));
        set->properties = all;
        set->property_room = room;
    }
    set->properties[set->property_count++] = property;
}

/* Without letter case the three cased categories are one. */
static void add_category(pol_re2_set *set, const category *c, bool negated,
                         bool fold)
{
    bool cased = (c->mask & ~(uint32_t)UC_CATEGORY_MASK_LC) == 0;
    pol_re2_property property = {
        .negated = negated, .mask = c->mask, .name = c->name};
    if (fold && cased) {
        property.mask = UC_CATEGORY_MASK_LC;
        property.name = "L&";
    }
    add_property(set, property);
}

/* Scripts of one word, as Go finds them. */
static bool add_script(pol_re2_set *set, const char *name, bool negated)
{
    const uc_script_t *scripts;
    size_t count;
    char known[NAME_ROOM];
    uc_all_scripts(&scripts, &count);
    for (size_t i = 0; i < count; i++) {
        const char *own = scripts[i].name;
        if (strchr(own, '_') != NULL || strcmp(own, "Unknown") == 0 ||
            !loose_name(pol_string(own, strlen(own)), known) ||
            strcmp(known, name) != 0)
            continue;
        add_property(set, (pol_re2_property){.negated = negated,
                                             .script = &scripts[i],
                                             .name = own});
        return true;
    }
    return false;
}

bool pol_re2_set_property(pol_re2_set *set, pol_value name, bool negated,
                          bool fold)
{
    char word[NAME_ROOM];
    if (name.len > 0 && name.str[0] == '^') {
        negated = !negated;
        name = pol_string(name.str + 1, name.len - 1);
    }
    if (!loose_name(name, word))
        return false;
    bool ascii = strcmp(word, "ascii") == 0;
    if (ascii || strcmp(word, "any") == 0) {
        pol_re2_range all = {0, ascii ? 0x7F : LAST_RUNE};
        if (negated)
            add_rest(set, &all, 1);
        else
            pol_re2_set_add(set, all.from, all.to);
        return true;
    }
    if (strcmp(word, "assigned") == 0) {
        negated = !negated;
        strcpy(word, "cn");
    }
    for (size_t i = 0; i < sizeof(categories) / sizeof(*categories); i++)
        if (in_list(categories[i].names, word)) {
            add_category(set, &categories[i], negated, fold);
            return true;
        }
    return add_script(set, word, negated);
}

const pol_re2_class *pol_re2_set_done(pol_re2_set *set, bool negated)
{
    pol_re2_class *done = pol_call_alloc(set->call, sizeof(*done));
    *done = (pol_re2_class){.negated = negated,
                            .ranges = set->ranges,
                            .range_count = normalise(set->ranges, set->count),
                            .properties = set->properties,
                            .property_count = set->property_count};
    return done;
}

/* ---- membership ------------------------------------------------------ */

static bool in_ranges(const pol_re2_class *set, uint32_t rune)
{
    size_t low = 0, high = set->range_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (rune < set->ranges[middle].from)
            high = middle;
        else if (rune > set->ranges[middle].to)
            low = middle + 1;
        else
            return true;
    }
    return false;
}

static bool has_property(const pol_re2_property *property, uint32_t rune)
{
    bool has = property->script != NULL
                   ? uc_is_script(rune, property->script)
                   : uc_is_general_category_withtable(rune, property->mask);
    return has != property->negated;
}

uint32_t pol_re2_fold(uint32_t rune)
{
    if (rune < 0x80)
        return rune >= 'A' && rune <= 'Z' ? rune ^ 0x20 : rune;
    /* the Turkish i's map to i, but do not fold to it */
    if (rune == 0x130 || rune == 0x131)
        return rune;
    return uc_tolower(uc_toupper(rune));
}

/* Code points that fold to the same as another but are neither its lower, upper
 * nor title case. */
static const uint32_t third_forms[] = {
    0x00B5, 0x017F, 0x0345, 0x03C2, 0x03D0, 0x03D1, 0x03D5, 0x03D6, 0x03F0,
    0x03F1, 0x03F4, 0x03F5, 0x1C80, 0x1C81, 0x1C82, 0x1C83, 0x1C84, 0x1C85,
    0x1C86, 0x1C87, 0x1C88, 0x1E9B, 0x1E9E, 0x1FBE, 0x2126, 0x212A, 0x212B,
};

static bool ranges_fold(const pol_re2_class *set, uint32_t rune)
{
    uint32_t base = pol_re2_fold(rune);
    if (in_ranges(set, rune) || in_ranges(set, base))
        return true;
    if (rune == 0x130 || rune == 0x131)
        return false;
    if (in_ranges(set, uc_toupper(base)) || in_ranges(set, uc_totitle(base)))
        return true;
    for (size_t i = 0; i < sizeof(third_forms) / sizeof(*third_forms); i++)
        if (pol_re2_fold(third_forms[i]) == base &&
            in_ranges(set, third_forms[i]))
            return true;
    return false;
}

bool pol_re2_class_has(const pol_re2_class *set, uint32_t rune, bool fold)
{
    bool has = fold ? ranges_fold(set, rune) : in_ranges(set, rune);
    for (size_t i = 0; !has && i < set->property_count; i++)
        has = has_property(&set->properties[i], rune);
    return has != set->negated;
}
