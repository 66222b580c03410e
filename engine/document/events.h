/* SPDX-License-Identifier: Apache-2.0
 *
 * The events of a YAML text, from libyaml, with byte offsets: libyaml counts
 * characters. */
#ifndef POL_EVENTS_H
#define POL_EVENTS_H

#include <yaml.h>

#include "str.h"

typedef struct pol_events {
    yaml_parser_t parser;
    yaml_event_t event; /* the one read last */
    bool live, has_event;
    pol_str text;
    bool is_ascii;     /* then characters are bytes */
    size_t index, off; /* a character whose offset is known */
} pol_events;

/* Starts reading `text`, which must be valid UTF-8 without a byte order mark
 * and outlive the events. False when there is no memory. Only pol_events_done
 * gives libyaml's memory back. */
bool pol_events_init(pol_events *events, pol_str text);
void pol_events_done(void *events);

/* Reads the next event. False on error: see `parser`. */
bool pol_events_next(pol_events *events);

/* The byte offset of a mark. Quick for marks near the one asked for last. */
size_t pol_events_offset(pol_events *events, yaml_mark_t mark);

static inline size_t pol_events_start(pol_events *events)
{
    return pol_events_offset(events, events->event.start_mark);
}

static inline size_t pol_events_end(pol_events *events)
{
    return pol_events_offset(events, events->event.end_mark);
}

/* The key of the object that a local tag of CloudFormation stands for: "Ref"
 * for !Ref, "Fn::Sub" for !Sub. NULL for every other tag. */
const char *pol_events_function(const char *tag);

/* The tag of the current event, NULL for none or a lone `!`. */
const char *pol_events_tag(const pol_events *events);

/* Does the current event, a scalar, stand for a null, boolean or number if its
 * text is one? */
bool pol_events_is_typed(const pol_events *events);

/* Is the current event the unquoted scalar `<<`? */
bool pol_events_is_merge(const pol_events *events);

#endif
