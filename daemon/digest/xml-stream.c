/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * XML as a stream. What grows with the document is capped: depth, a token (expat keeps a whole one,
 * and searches it again with each piece that comes), and an element's text. It refuses document types,
 * and with them every entity but the five of XML, and any encoding but UTF-8.
 */

#include <expat.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "digest/xml-stream.h"

struct XmlStream {
        XML_Parser parser;
        const XmlStreamReader *reader;
        size_t depth, n_fed;
        char first[2]; /* of the document's bytes */
        char *text;    /* of the innermost element that opened last */
        size_t n_text, n_text_room;
        bool refused, exhausted;
        char reason[XML_STREAM_REASON_BYTES];
};

void xml_stream_refuse(XmlStream *stream, const char *format, ...) {
        char text[XML_STREAM_REASON_BYTES - 24];
        va_list arguments;

        if (stream->refused)
                return;
        va_start(arguments, format);
        vsnprintf(text, sizeof(text), format, arguments);
        va_end(arguments);
        snprintf(stream->reason, sizeof(stream->reason), "%llu: %s",
                 (unsigned long long) XML_GetCurrentLineNumber(stream->parser), text);
        stream->refused = true;
        XML_StopParser(stream->parser, XML_FALSE);
}

static void on_doctype(void *data, const XML_Char *name, const XML_Char *system,
                       const XML_Char *public, int has_internal) {
        (void) name, (void) system, (void) public, (void) has_internal;
        xml_stream_refuse(data, "a document type (DOCTYPE) is not allowed");
}

static void refuse_tag(XmlStream *stream) {
        xml_stream_refuse(stream, XML_CAP_TAG ": a tag longer than %d bytes", XML_MAX_TAG_BYTES);
}

static void on_open(void *data, const XML_Char *name, const XML_Char **attributes) {
        XmlStream *stream = data;

        if (stream->refused)
                return;
        stream->n_text = 0;
        if (++stream->depth > XML_MAX_DEPTH) {
                xml_stream_refuse(stream, XML_CAP_DEPTH ": nested deeper than %d", XML_MAX_DEPTH);
                return;
        }
        if (XML_GetCurrentByteCount(stream->parser) > XML_MAX_TAG_BYTES) {
                refuse_tag(stream);
                return;
        }
        stream->reader->open(stream->reader->data, stream, name, attributes);
}

static void on_close(void *data, const XML_Char *name) {
        XmlStream *stream = data;

        if (stream->refused)
                return;
        stream->text[stream->n_text] = '\0';
        stream->reader->close(stream->reader->data, stream, name, stream->text);
        stream->depth--;
        stream->n_text = 0;
}

static void on_text(void *data, const XML_Char *text, int n_bytes) {
        XmlStream *stream = data;
        size_t n = (size_t) n_bytes;

        if (stream->refused)
                return;
        if (stream->n_text + n > XML_MAX_TEXT_BYTES) {
                xml_stream_refuse(stream, XML_CAP_TEXT ": a text longer than %d bytes",
                                  XML_MAX_TEXT_BYTES);
                return;
        }
        if (stream->n_text + n >= stream->n_text_room) {
                size_t n_room = (stream->n_text + n) * 2 + 256;
                char *larger = realloc(stream->text, n_room);

                if (!larger) {
                        stream->exhausted = true;
                        XML_StopParser(stream->parser, XML_FALSE);
                        return;
                }
                stream->text = larger;
                stream->n_text_room = n_room;
        }
        memcpy(stream->text + stream->n_text, text, n);
        stream->n_text += n;
}

int xml_stream_new(XmlStream **ret, const XmlStreamReader *reader) {
        _cleanup_(xml_stream_freep) XmlStream *stream = NULL;

        stream = calloc(1, sizeof(*stream));
        if (!stream)
                return error_origin(-ENOMEM);
        stream->reader = reader;
        stream->n_text_room = 256;
        stream->text = malloc(stream->n_text_room);
        /* Named here, the encoding holds whatever the document declares. */
        stream->parser = XML_ParserCreate("UTF-8");
        if (!stream->parser || !stream->text)
                return error_origin(-ENOMEM);
        XML_SetUserData(stream->parser, stream);
        XML_SetElementHandler(stream->parser, on_open, on_close);
        XML_SetCharacterDataHandler(stream->parser, on_text);
        XML_SetStartDoctypeDeclHandler(stream->parser, on_doctype);
        *ret = TAKE(stream);
        return 0;
}

XmlStream *xml_stream_free(XmlStream *stream) {
        if (!stream)
                return NULL;

        if (stream->parser)
                XML_ParserFree(stream->parser);
        free(stream->text);
        free(stream);
        return NULL;
}

/* expat goes over to UTF-16 by itself, whatever it was told: by a mark, or by a zero byte. */
static bool looks_like_utf16(XmlStream *stream, const char *bytes, size_t n_bytes) {
        for (size_t i = 0; i < n_bytes && stream->n_fed + i < sizeof(stream->first); i++)
                stream->first[stream->n_fed + i] = bytes[i];
        for (size_t i = 0; i < sizeof(stream->first) && i < stream->n_fed + n_bytes; i++)
                if (stream->first[i] == '\0')
                        return true;
        return memcmp(stream->first, "\xFE\xFF", 2) == 0 ||
               memcmp(stream->first, "\xFF\xFE", 2) == 0;
}

static int feed_piece(XmlStream *stream, const char *bytes, size_t n_bytes, bool last) {
        XML_Index at;

        if (stream->n_fed < sizeof(stream->first) && looks_like_utf16(stream, bytes, n_bytes)) {
                xml_stream_refuse(stream, "not UTF-8, but UTF-16");
                return XML_STREAM_E_REFUSED;
        }
        stream->n_fed += n_bytes;
        if (XML_Parse(stream->parser, bytes, (int) n_bytes, last) != XML_STATUS_OK) {
                enum XML_Error error = XML_GetErrorCode(stream->parser);

                if (stream->exhausted || error == XML_ERROR_NO_MEMORY)
                        return error_origin(-ENOMEM);
                xml_stream_refuse(stream, "not well-formed XML in UTF-8: %s",
                                  XML_ErrorString(error));
                return XML_STREAM_E_REFUSED;
        }
        at = XML_GetCurrentByteIndex(stream->parser);
        if (!last && at >= 0 && stream->n_fed - (size_t) at > XML_MAX_TAG_BYTES) {
                refuse_tag(stream);
                return XML_STREAM_E_REFUSED;
        }
        return 0;
}

int xml_stream_feed(XmlStream *stream, const char *bytes, size_t n_bytes, bool last,
                    char ret_reason[static XML_STREAM_REASON_BYTES]) {
        size_t at = 0;
        int r;

        do {
                size_t n = n_bytes - at < 65536 ? n_bytes - at : 65536;

                r = feed_piece(stream, bytes + at, n, last && at + n == n_bytes);
                if (r < 0)
                        return error_trace(r);
                if (r > 0) {
                        memcpy(ret_reason, stream->reason, sizeof(stream->reason));
                        return XML_STREAM_E_REFUSED;
                }
                at += n;
        } while (at < n_bytes);
        return 0;
}

const char *xml_attribute(const char **attributes, const char *name) {
        for (; attributes[0]; attributes += 2)
                if (strcmp(attributes[0], name) == 0)
                        return attributes[1];
        return NULL;
}
