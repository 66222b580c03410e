/* SPDX-License-Identifier: Apache-2.0
 *
 * Verbs of Go's fmt. Each kind of operand has one function; what it does not
 * know goes through bad_verb, which shows the operand under %v with the flags
 * that were given. */
#include "gofmt.h"

#include <math.h>
#include <stdio.h>
#include <unictype.h>

#include "gofloat.h"

/* ---- operands -------------------------------------------------------- */

pol_gofmt_operand pol_gofmt_operand_of(pol_call *call, pol_value v)
{
    size_t len;
    if (v.tag == POL_STRING)
        return (pol_gofmt_operand){.kind = POL_GOFMT_STRING, .value = v};
    if (v.tag == POL_INT)
        return (pol_gofmt_operand){.kind = POL_GOFMT_INT, .value = v};
    if (v.tag == POL_NUMBER && strpbrk(v.num->text, ".eE") == NULL)
        return (pol_gofmt_operand){.kind = POL_GOFMT_BIG, .value = v};
    if (v.tag == POL_NUMBER) {
        double d = pol_number_double(v);
        if (isfinite(d))
            return (pol_gofmt_operand){POL_GOFMT_FLOAT, v, d};
        v = pol_string(v.num->text, v.num->len);
        return (pol_gofmt_operand){.kind = POL_GOFMT_STRING, .value = v};
    }
    const char *text =
        pol_value_text(pol_call_arena(call), v, POL_TEXT_REGO, &len);
    return (pol_gofmt_operand){.kind = POL_GOFMT_STRING,
                               .value = pol_string(text, len)};
}

const char *pol_gofmt_type(const pol_gofmt_operand *operand)
{
    switch (operand->kind) {
    case POL_GOFMT_INT: return "int64";
    case POL_GOFMT_BIG: return "*big.Int";
    case POL_GOFMT_FLOAT: return "float64";
    case POL_GOFMT_STRING: break;
    }
    return "string";
}

static void bad_verb(pol_gofmt *fmt, const pol_gofmt_operand *operand,
                     uint32_t verb)
{
    pol_bytes_text(fmt->out, "%!");
    pol_bytes_rune(fmt->out, verb);
    pol_bytes_byte(fmt->out, '(');
    pol_bytes_text(fmt->out, pol_gofmt_type(operand));
    pol_bytes_byte(fmt->out, '=');
    pol_gofmt_write(fmt, operand, 'v');
    pol_bytes_byte(fmt->out, ')');
}

/* ---- padding --------------------------------------------------------- */

static void pad(pol_gofmt *fmt, const char *bytes, size_t len, bool zero)
{
    size_t runes = pol_rune_count(bytes, len);
    size_t fill = fmt->has_width && fmt->width > runes ? fmt->width - runes : 0;
    if (!fmt->minus)
        pol_bytes_fill(fmt->out, zero ? '0' : ' ', fill);
    pol_bytes_add(fmt->out, bytes, len);
    if (fmt->minus)
        pol_bytes_fill(fmt->out, ' ', fill);
}

/* Writes what `text` holds, padded as a string is (zeros too). */
static void pad_text(pol_gofmt *fmt, const pol_bytes *text)
{
    pad(fmt, text->at, text->len, fmt->zero);
}

/* ---- quoting --------------------------------------------------------- */

/* As Go's unicode.IsPrint: what has ink, and the ASCII space. */
static bool is_print(uint32_t rune)
{
    const uint32_t ink = UC_CATEGORY_MASK_L | UC_CATEGORY_MASK_M |
                         UC_CATEGORY_MASK_N | UC_CATEGORY_MASK_P |
                         UC_CATEGORY_MASK_S;
    if (rune < 0x80)
        return rune >= ' ' && rune != 0x7F;
    return uc_is_general_category_withtable(rune, ink);
}

static void quote_rune(pol_bytes *out, uint32_t rune, char quote, bool ascii)
{
    static const char named[] = "\aa\bb\ff\nn\rr\tt\vv";
    char text[16];
    if (rune == (uint32_t)quote || rune == '\\') {
        pol_bytes_byte(out, '\\');
        pol_bytes_byte(out, (char)rune);
        return;
    }
    if (is_print(rune) && (rune < 0x80 || !ascii)) {
        pol_bytes_rune(out, rune);
        return;
    }
    for (size_t i = 0; i + 1 < sizeof(named); i += 2)
        if (rune == (uint32_t)named[i]) {
            pol_bytes_byte(out, '\\');
            pol_bytes_byte(out, named[i + 1]);
            return;
        }
    const char *form = rune < ' ' || rune == 0x7F ? "\\x%02x"
                       : rune < 0x10000           ? "\\u%04x"
                                                  : "\\U%08x";
    snprintf(text, sizeof(text), form, rune);
    pol_bytes_text(out, text);
}

void pol_gofmt_quote(pol_bytes *out, pol_value s, bool ascii)
{
    pol_bytes_byte(out, '"');
    for (size_t i = 0; i < s.len;) {
        size_t size;
        quote_rune(out, pol_rune_at(s.str + i, &size), '"', ascii);
        i += size;
    }
    pol_bytes_byte(out, '"');
}

/* Can the string stand between back quotes? */
static bool can_backquote(pol_value s)
{
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.str[i];
        if ((c < ' ' && c != '\t') || c == '`' || c == 0x7F)
            return false;
    }
    return memmem(s.str, s.len, "\xEF\xBB\xBF", 3) == NULL;
}

/* ---- strings --------------------------------------------------------- */

/* The string cut to `precision` code points. */
static pol_value truncated(const pol_gofmt *fmt, pol_value s)
{
    if (!fmt->has_precision)
        return s;
    size_t to = 0;
    for (size_t i = 0; i < fmt->precision && to < s.len; i++)
        to += pol_rune_len(s.str[to]);
    return pol_string(s.str, to);
}

static void write_quoted(pol_gofmt *fmt, pol_value s)
{
    s = truncated(fmt, s);
    pol_bytes text;
    pol_bytes_init(&text, fmt->out->call, s.len + 2);
    if (fmt->sharp && can_backquote(s)) {
        pol_bytes_byte(&text, '`');
        pol_bytes_add(&text, s.str, s.len);
        pol_bytes_byte(&text, '`');
    } else {
        pol_gofmt_quote(&text, s, fmt->plus);
    }
    pad_text(fmt, &text);
}

/* %x of a string: its bytes, with a space between them on demand. */
static void write_bytes(pol_gofmt *fmt, pol_value s, bool upper)
{
    const char *hex = upper ? "0123456789ABCDEF" : "0123456789abcdef";
    const char *prefix = upper ? "0X" : "0x";
    size_t len = s.len;
    if (fmt->has_precision && fmt->precision < len)
        len = fmt->precision;
    pol_bytes text;
    pol_bytes_init(&text, fmt->out->call, len * 2);
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)s.str[i];
        if (i > 0 && fmt->space)
            pol_bytes_byte(&text, ' ');
        if (fmt->sharp && (i == 0 || fmt->space))
            pol_bytes_text(&text, prefix);
        pol_bytes_byte(&text, hex[c >> 4]);
        pol_bytes_byte(&text, hex[c & 15]);
    }
    pad_text(fmt, &text);
}

static void write_string(pol_gofmt *fmt, const pol_gofmt_operand *operand,
                         uint32_t verb)
{
    pol_value s = operand->value;
    switch (verb) {
    case 'v':
        if (fmt->sharp_v) {
            write_quoted(fmt, s);
            return;
        }
        /* fall through */
    case 's':
        s = truncated(fmt, s);
        pad(fmt, s.str, s.len, fmt->zero);
        return;
    case 'x':
    case 'X': write_bytes(fmt, s, verb == 'X'); return;
    case 'q': write_quoted(fmt, s); return;
    default: bad_verb(fmt, operand, verb);
    }
}

/* ---- whole numbers --------------------------------------------------- */

/* The base of a verb for whole numbers, 0 if it is none. */
static int base_of(uint32_t verb)
{
    switch (verb) {
    case 'v':
    case 'd': return 10;
    case 'b': return 2;
    case 'o':
    case 'O': return 8;
    case 'x':
    case 'X': return 16;
    default: return 0;
    }
}

/* What stands before the digits; `digits` without sign. */
static const char *prefix_of(const pol_gofmt *fmt, uint32_t verb,
                             const char *digits)
{
    if (verb == 'O')
        return "0o";
    if (!fmt->sharp)
        return "";
    switch (verb) {
    case 'b': return "0b";
    case 'o': return digits[0] == '0' ? "" : "0";
    case 'x': return "0x";
    case 'X': return "0X";
    default: return "";
    }
}

/* Big numbers and 64-bit ones differ in fmt by where zeros are allowed only in
 * ways that do not show, so they share this. */
static void write_whole(pol_gofmt *fmt, pol_value v, uint32_t verb)
{
    size_t len;
    pol_arena *arena = pol_call_arena(fmt->out->call);
    const char *digits = pol_number_base(arena, v, base_of(verb), &len);
    char sign = fmt->plus ? '+' : fmt->space ? ' ' : 0;
    if (digits[0] == '-') {
        sign = '-';
        digits++;
        len--;
    }
    if (fmt->has_precision && fmt->precision == 0 && digits[0] == '0') {
        pol_bytes_fill(fmt->out, ' ', fmt->has_width ? fmt->width : 0);
        return;
    }
    size_t wanted = fmt->has_precision ? fmt->precision : 0;
    const char *prefix = prefix_of(fmt, verb, digits);
    if (!fmt->has_precision && fmt->zero && !fmt->minus && fmt->has_width)
        wanted = fmt->width - (fmt->width > 0 && sign != 0);
    pol_bytes text;
    pol_bytes_init(&text, fmt->out->call, len + 8);
    if (sign != 0)
        pol_bytes_byte(&text, sign);
    /* the zero of base 8 counts as one of the digits that are wanted */
    bool counted = verb == 'o' && wanted > len;
    pol_bytes_text(&text, counted ? "" : prefix);
    if (wanted > len)
        pol_bytes_fill(&text, '0', wanted - len);
    for (size_t i = 0; i < len; i++)
        pol_bytes_byte(&text, verb == 'X' && digits[i] >= 'a' ? digits[i] ^ 0x20
                                                              : digits[i]);
    pad(fmt, text.at, text.len, false);
}

static void write_unicode(pol_gofmt *fmt, int64_t i)
{
    char text[64];
    int precision = 4;
    uint64_t rune = (uint64_t)i;
    if (fmt->has_precision && fmt->precision > 4)
        precision = fmt->precision > 32 ? 32 : (int)fmt->precision;
    snprintf(text, sizeof(text), "U+%0*llX", precision,
             (unsigned long long)rune);
    pol_bytes out;
    pol_bytes_init(&out, fmt->out->call, sizeof(text));
    pol_bytes_text(&out, text);
    if (fmt->sharp && rune <= 0x10FFFF && is_print((uint32_t)rune)) {
        pol_bytes_text(&out, " '");
        pol_bytes_rune(&out, (uint32_t)rune);
        pol_bytes_byte(&out, '\'');
    }
    pad(fmt, out.at, out.len, false);
}

static void write_int(pol_gofmt *fmt, const pol_gofmt_operand *operand,
                      uint32_t verb)
{
    int64_t i = operand->value.i;
    uint32_t rune = i < 0 || i > 0x10FFFF ? 0xFFFD : (uint32_t)i;
    if (rune >= 0xD800 && rune <= 0xDFFF)
        rune = 0xFFFD;
    pol_bytes text;
    pol_bytes_init(&text, fmt->out->call, 16);
    if (base_of(verb) != 0) {
        write_whole(fmt, operand->value, verb);
    } else if (verb == 'c') {
        pol_bytes_rune(&text, rune);
        pad_text(fmt, &text);
    } else if (verb == 'q') {
        pol_bytes_byte(&text, '\'');
        quote_rune(&text, rune, '\'', fmt->plus);
        pol_bytes_byte(&text, '\'');
        pad_text(fmt, &text);
    } else if (verb == 'U') {
        write_unicode(fmt, i);
    } else {
        bad_verb(fmt, operand, verb);
    }
}

/* big.Int formats itself, and names itself without the star. */
static void write_big(pol_gofmt *fmt, const pol_gofmt_operand *operand,
                      uint32_t verb)
{
    if (verb == 's')
        verb = 'd';
    if (base_of(verb) != 0) {
        pol_gofmt own = *fmt; /* it asks for the flags of %v as of any verb */
        own.plus |= fmt->plus_v;
        own.sharp |= fmt->sharp_v;
        write_whole(&own, operand->value, verb);
        return;
    }
    pol_bytes_text(fmt->out, "%!");
    pol_bytes_rune(fmt->out, verb);
    pol_bytes_text(fmt->out, "(big.Int=");
    pol_bytes_text(fmt->out, operand->value.num->text);
    pol_bytes_byte(fmt->out, ')');
}

/* ---- floating-point numbers ------------------------------------------ */

/* `#` keeps the point, and for %g the trailing zeros that the precision asks
 * for. `text` starts with the sign. */
static void sharpen(pol_bytes *text, char form, int precision)
{
    int digits = 0;
    if (strchr("gGxX", form) != NULL)
        digits = precision < 0 && form != 'X' ? 6 : precision;
    bool point = false, nonzero = false;
    size_t end = 1;
    for (; end < text->len; end++) {
        char c = text->at[end];
        bool hex = form == 'x' || form == 'X';
        if (c == 'p' || c == 'P' || (!hex && (c == 'e' || c == 'E')))
            break;
        if (c == '.') {
            point = true;
            continue;
        }
        nonzero |= c != '0';
        digits -= nonzero;
    }
    if (!point && end == 2 && text->at[1] == '0')
        digits--;
    char tail[16];
    size_t tail_len = text->len - end;
    memcpy(tail, text->at + end, tail_len);
    text->len = end;
    if (!point)
        pol_bytes_byte(text, '.');
    if (digits > 0)
        pol_bytes_fill(text, '0', (size_t)digits);
    pol_bytes_add(text, tail, tail_len);
}

static void write_float(pol_gofmt *fmt, const pol_gofmt_operand *operand,
                        uint32_t verb)
{
    char form = verb == 'v' ? 'g' : (char)verb;
    if (verb > 'z' || strchr("bgGxXfFeE", form) == NULL) {
        bad_verb(fmt, operand, verb);
        return;
    }
    int precision = strchr("fFeE", form) != NULL ? 6 : -1;
    if (fmt->has_precision)
        precision = (int)fmt->precision;
    pol_bytes text;
    pol_bytes_init(&text, fmt->out->call, 32);
    pol_gofloat_write(&text, operand->number, form, precision);
    if (fmt->space && text.at[0] == '+' && !fmt->plus)
        text.at[0] = ' ';
    if (fmt->sharp && form != 'b')
        sharpen(&text, form, precision);
    bool signs = fmt->plus || text.at[0] != '+';
    if (!signs) {
        pad(fmt, text.at + 1, text.len - 1, fmt->zero);
        return;
    }
    if (fmt->zero && !fmt->minus && fmt->has_width && fmt->width > text.len) {
        pol_bytes_byte(fmt->out, text.at[0]);
        pol_bytes_fill(fmt->out, '0', fmt->width - text.len);
        pol_bytes_add(fmt->out, text.at + 1, text.len - 1);
        return;
    }
    pad_text(fmt, &text);
}

void pol_gofmt_write(pol_gofmt *fmt, const pol_gofmt_operand *operand,
                     uint32_t verb)
{
    if (verb == 'T') {
        const char *name = pol_gofmt_type(operand);
        pol_value s = truncated(fmt, pol_string(name, strlen(name)));
        pad(fmt, s.str, s.len, fmt->zero);
        return;
    }
    switch (operand->kind) {
    case POL_GOFMT_INT: write_int(fmt, operand, verb); break;
    case POL_GOFMT_BIG: write_big(fmt, operand, verb); break;
    case POL_GOFMT_FLOAT: write_float(fmt, operand, verb); break;
    case POL_GOFMT_STRING: write_string(fmt, operand, verb); break;
    }
}
