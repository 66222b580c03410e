/* SPDX-License-Identifier: Apache-2.0
 *
 * YAML events with byte offsets; see events.h. */
#include "events.h"

#include "utf8.h"

bool pol_events_init(pol_events *events, pol_str text)
{
    *events = (pol_events){.text = text};
    if (!yaml_parser_initialize(&events->parser))
        return false;
    events->live = true;
    events->is_ascii = pol_utf8_count(text.ptr, text.len) == text.len;
    yaml_parser_set_encoding(&events->parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(
        &events->parser, (const unsigned char *)text.ptr, text.len);
    return true;
}

static void drop_event(pol_events *events)
{
    if (events->has_event)
        yaml_event_delete(&events->event);
    events->has_event = false;
}

void pol_events_done(void *data)
{
    pol_events *events = data;
    drop_event(events);
    if (events->live)
        yaml_parser_delete(&events->parser);
    events->live = false;
}

bool pol_events_next(pol_events *events)
{
    drop_event(events);
    events->has_event =
        yaml_parser_parse(&events->parser, &events->event) != 0;
    return events->has_event;
}

static bool is_continuation(char c)
{
    return ((unsigned char)c & 0xC0) == 0x80;
}

size_t pol_events_offset(pol_events *events, yaml_mark_t mark)
{
    if (events->is_ascii)
        return mark.index < events->text.len ? mark.index : events->text.len;
    const char *text = events->text.ptr;
    size_t off = events->off, len = events->text.len;
    for (; events->index < mark.index && off < len; events->index++)
        for (off++; off < len && is_continuation(text[off]);)
            off++;
    for (; events->index > mark.index && off; events->index--)
        for (off--; off && is_continuation(text[off]);)
            off--;
    return events->off = off;
}

const char *pol_events_function(const char *tag)
{
    static const char *const names[] = {
        "Ref",             "Condition",
        "Fn::And",         "Fn::Base64",         "Fn::Cidr",
        "Fn::Contains",    "Fn::EachMemberEquals", "Fn::EachMemberIn",
        "Fn::Equals",      "Fn::FindInMap",      "Fn::GetAtt",
        "Fn::GetAZs",      "Fn::If",             "Fn::ImportValue",
        "Fn::Join",        "Fn::Length",         "Fn::Not",
        "Fn::Or",          "Fn::RefAll",         "Fn::Select",
        "Fn::Split",       "Fn::Sub",            "Fn::ToJsonString",
        "Fn::Transform",   "Fn::ValueOf",        "Fn::ValueOfAll",
    };
    if (!tag || tag[0] != '!')
        return NULL;
    for (size_t i = 0; i < countof(names); i++) {
        const char *bare = strncmp(names[i], "Fn::", 4) ? names[i] : names[i] + 4;
        if (!strcmp(bare, tag + 1))
            return names[i];
    }
    return NULL;
}

const char *pol_events_tag(const pol_events *events)
{
    const yaml_event_t *event = &events->event;
    const yaml_char_t *tag = NULL;
    if (event->type == YAML_SCALAR_EVENT)
        tag = event->data.scalar.tag;
    else if (event->type == YAML_SEQUENCE_START_EVENT)
        tag = event->data.sequence_start.tag;
    else if (event->type == YAML_MAPPING_START_EVENT)
        tag = event->data.mapping_start.tag;
    return tag && strcmp((const char *)tag, "!") ? (const char *)tag : NULL;
}

bool pol_events_is_typed(const pol_events *events)
{
    static const char *const typed[] = {YAML_INT_TAG, YAML_FLOAT_TAG,
                                        YAML_BOOL_TAG, YAML_NULL_TAG};
    const char *tag = pol_events_tag(events);
    if (!tag)
        return events->event.data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    for (size_t i = 0; i < countof(typed); i++)
        if (!strcmp(tag, typed[i]))
            return true;
    return false;
}

bool pol_events_is_merge(const pol_events *events)
{
    const yaml_event_t *event = &events->event;
    return event->type == YAML_SCALAR_EVENT &&
           event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE &&
           event->data.scalar.length == 2 &&
           !memcmp(event->data.scalar.value, "<<", 2);
}
