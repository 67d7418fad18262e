/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * XML from outside, as a stream of elements. No document type, no entities but the five, UTF-8 only.
 */

#include <stdbool.h>
#include <stddef.h>

#include "base/cleanup.h"
#include "format/input-caps.h"

#define XML_STREAM_REASON_BYTES 512

enum {
        XML_STREAM_E_REFUSED = 1, /* the reason says which line, and why */
};

typedef struct XmlStream XmlStream;

/* What is told of each element; `name` with its prefix, `text` what stood directly in it, whole. */
typedef struct XmlStreamReader {
        void (*open)(void *data, XmlStream *stream, const char *name, const char **attributes);
        void (*close)(void *data, XmlStream *stream, const char *name, const char *text);
        void *data;
} XmlStreamReader;

/* 0, or -ENOMEM. `reader` must outlive the stream. */
int xml_stream_new(XmlStream **ret, const XmlStreamReader *reader);
XmlStream *xml_stream_free(XmlStream *stream);
DEFINE_CLEANUP(XmlStream, xml_stream_free);

/* The next bytes; `last` with the end of the document. 0, XML_STREAM_E_REFUSED, or -ENOMEM. */
int xml_stream_feed(XmlStream *stream, const char *bytes, size_t n_bytes, bool last,
                    char ret_reason[static XML_STREAM_REASON_BYTES]);

/* For readers: refuses the document here. The first refusal counts. */
void xml_stream_refuse(XmlStream *stream, const char *format, ...) _printf_(2, 3);

/* An attribute's value, or NULL. */
const char *xml_attribute(const char **attributes, const char *name);
