/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The support calendar. A table of keys, each with the function that reads its value, and a few
 * questions about dates. It refuses to know any vendor's name, and to go on with a calendar that it
 * does not fully understand: a mistyped end date would be a wrong "covered".
 */

#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/ini-text.h"
#include "base/text.h"
#include "core/support-calendar.h"

typedef struct Parser {
        SupportCalendar *calendar;
        CalendarModel *model;
        CalendarStream *stream;
} Parser;

/* Reads one value into `field`; false when the value is not of its form. */
typedef bool (*ReadValue)(MemoryPool *pool, const char *value, void *field, int channel);

static bool read_text(MemoryPool *pool, const char *value, void *field, _unused_ int channel) {
        *(const char **) field = memory_pool_text(pool, value);
        return value[0] != '\0';
}

static bool read_words(MemoryPool *pool, const char *value, void *field, _unused_ int channel) {
        *(TextList *) field = text_words(pool, value);
        return value[0] != '\0';
}

static bool read_day(_unused_ MemoryPool *pool, const char *value, void *field,
                     _unused_ int channel) {
        return utc_day_parse(value, field) == 0;
}

static bool read_kernel(MemoryPool *pool, const char *value, void *field, _unused_ int channel) {
        KernelRelease release;

        *(const char **) field = memory_pool_text(pool, value);
        return kernel_release_parse(value, &release) == 0;
}

static bool read_number(const char *value, const char *unit, int *ret) {
        char *end;
        long number;

        if (value[0] < '0' || value[0] > '9')
                return false;
        number = strtol(value, &end, 10);
        if (strcmp(end, unit) != 0 || number > 100000)
                return false;
        *ret = (int) number;
        return true;
}

static bool read_months(_unused_ MemoryPool *pool, const char *value, void *field,
                        _unused_ int channel) {
        return read_number(value, "", field) && *(int *) field > 0;
}

static bool read_days(_unused_ MemoryPool *pool, const char *value, void *field,
                      _unused_ int channel) {
        return read_number(value, "d", field);
}

static bool read_yes_no(_unused_ MemoryPool *pool, const char *value, void *field,
                        _unused_ int channel) {
        *(bool *) field = strcmp(value, "yes") == 0;
        return *(bool *) field || strcmp(value, "no") == 0;
}

static bool read_severities(MemoryPool *pool, const char *value, void *field,
                            _unused_ int channel) {
        TextList words = text_words(pool, value);
        uint32_t set = 0;

        for (size_t i = 0; i < words.n_items; i++) {
                Severity severity;

                if (severity_from_text(words.items[i], &severity) != 0)
                        return false;
                set |= 1u << severity;
        }
        *(uint32_t *) field = set;
        return set != 0;
}

/* `03-01 06-01`, ascending. */
static bool read_selection_days(MemoryPool *pool, const char *value, void *field,
                                _unused_ int channel) {
        TextList words = text_words(pool, value);
        CalendarModel *model = field;

        for (size_t i = 0; i < words.n_items; i++) {
                char date[UTC_DAY_TEXT_BYTES];
                int *slot, year, month, mday;
                UtcDay day;

                if (strlen(words.items[i]) != 5)
                        return false;
                snprintf(date, sizeof(date), "2001-%.5s", words.items[i]);
                if (utc_day_parse(date, &day) != 0)
                        return false;
                utc_day_to_date(day, &year, &month, &mday);
                if (i > 0 && model->selection_days[i - 1] >= month * 100 + mday)
                        return false;
                slot = memory_pool_append(pool, model->selection_days, model->n_selection_days);
                if (!slot)
                        return true; /* the exhausted pool is reported at the end */
                *slot = month * 100 + mday;
        }
        return words.n_items > 0;
}

/* An end date; `-`: the stream has no such channel; `?`: it has, the end is not established. */
static bool read_channel_end(_unused_ MemoryPool *pool, const char *value, void *field,
                             int channel) {
        CalendarStream *stream = field;

        stream->has_channel[channel] = strcmp(value, "-") != 0;
        stream->channel_end[channel] = UTC_DAY_NONE;
        if (strcmp(value, "-") == 0 || strcmp(value, "?") == 0)
                return true;
        return utc_day_parse(value, &stream->channel_end[channel]) == 0;
}

typedef struct Key {
        const char *section; /* first word of the section */
        const char *name;
        ReadValue read;
        size_t offset;
        int channel;
} Key;

#define CALENDAR(key, reader, member) \
        { "Calendar", key, reader, offsetof(SupportCalendar, member), 0 }
#define MODEL(key, reader, member) \
        { "Model", key, reader, offsetof(CalendarModel, member), 0 }
#define STREAM(key, reader, member) \
        { "Stream", key, reader, offsetof(CalendarStream, member), 0 }
#define STREAM_END(key, channel) \
        { "Stream", key, read_channel_end, 0, channel }

static const Key keys[] = {
        CALENDAR("Vendor", read_text, vendor),
        CALENDAR("OsIds", read_words, os_ids),
        CALENDAR("KernelForm", read_text, kernel_form),
        CALENDAR("Flavours", read_words, flavours),
        CALENDAR("StreamPrefix", read_text, stream_prefix),
        CALENDAR("Architectures", read_words, architectures),
        CALENDAR("MinorsStay", read_yes_no, minors_stay),
        CALENDAR("PatchesUnlisted", read_yes_no, patches_unlisted),
        CALENDAR("Scope", read_severities, scope),
        CALENDAR("PatchLag", read_days, patch_lag_days),
        CALENDAR("BaseRepositories", read_words, base_repositories),
        CALENDAR("IgnoredRepositories", read_words, ignored_repositories),
        CALENDAR("PackageQuery", read_text, package_query),
        CALENDAR("LoaderService", read_text, loader_service),
        CALENDAR("LoaderOffOption", read_text, loader_off_option),
        MODEL("From", read_day, from),
        MODEL("Months", read_months, n_months),
        MODEL("Selected", read_yes_no, selects),
        { "Model", "SelectionDays", read_selection_days, 0, 0 },
        MODEL("Tolerance", read_days, tolerance_days),
        STREAM("GeneralAvailability", read_day, general_availability),
        STREAM("Kernels", read_words, kernels),
        STREAM("Months", read_months, n_months),
        STREAM("InitialKernel", read_kernel, initial_kernel),
        STREAM_END("MainEnd", CHANNEL_MAIN),
        STREAM_END("EusEnd", CHANNEL_EUS),
        STREAM_END("E4sEnd", CHANNEL_E4S),
        STREAM_END("AusEnd", CHANNEL_AUS),
        STREAM_END("TusEnd", CHANNEL_TUS),
        STREAM_END("LtssEnd", CHANNEL_LTSS),
        STREAM("LivePatches", read_yes_no, live_patches),
        STREAM("LivePatchesFrom", read_kernel, live_patches_from),
        STREAM("LivePatchesUntil", read_day, live_patches_until),
        STREAM("Certainty", read_text, certainty),
};

bool stream_name_parse(const char *name, size_t *ret_n_prefix, int *ret_major, int *ret_minor) {
        const char *dash = strrchr(name, '-');
        int major, minor, n = 0;

        if (!dash || dash == name || dash[1] < '0' || dash[1] > '9' || strlen(dash) > 9)
                return false;
        if (dash[1 + strspn(dash + 1, "0123456789")] == '\0') {
                major = atoi(dash + 1);
                minor = 0;
        } else if (sscanf(dash + 1, "%d.%d%n", &major, &minor, &n) != 2 || dash[1 + n] != '\0')
                return false;

        *ret_n_prefix = (size_t) (dash - name);
        *ret_major = major;
        *ret_minor = minor;
        return true;
}

static bool open_section(Parser *parser, const IniLine *line) {
        SupportCalendar *calendar = parser->calendar;
        const char *name = strchr(line->section, ' ');
        size_t n_prefix;

        parser->model = NULL;
        parser->stream = NULL;
        if (strcmp(line->section, "Calendar") == 0)
                return true;
        if (!name)
                return false;
        name += strspn(name, " ");

        if (text_starts_with(line->section, "Model ")) {
                parser->model = memory_pool_append(calendar->pool, calendar->models,
                                                   calendar->n_models);
                if (!parser->model)
                        return true;
                parser->model->name = memory_pool_text(calendar->pool, name);
                parser->model->from = UTC_DAY_NONE;
                return true;
        }
        if (text_starts_with(line->section, "Stream ")) {
                CalendarStream *stream;

                stream = memory_pool_append(calendar->pool, calendar->streams, calendar->n_streams);
                if (!stream)
                        return true;
                stream->name = memory_pool_text(calendar->pool, name);
                stream->general_availability = stream->live_patches_until = UTC_DAY_NONE;
                for (Channel channel = 0; channel < _CHANNEL_MAX; channel++)
                        stream->channel_end[channel] = UTC_DAY_NONE;
                stream->line = line->line;
                parser->stream = stream;
                return stream_name_parse(name, &n_prefix, &stream->major, &stream->minor);
        }
        return false;
}

static const Key *find_key(const IniLine *line) {
        for (size_t i = 0; i < ELEMENTS(keys); i++) {
                size_t n;

                if (strcmp(line->key, keys[i].name) != 0)
                        continue;
                n = strlen(keys[i].section);
                if (strncmp(line->section, keys[i].section, n) == 0 &&
                    (line->section[n] == '\0' || line->section[n] == ' '))
                        return &keys[i];
        }
        return NULL;
}

static char *complaint(const char *file, unsigned line, const char *what, const char *detail) {
        char *message;

        if (asprintf(&message, "%s:%u: %s%s%s; the calendar is not used", file, line, what,
                     detail ? ": " : "", detail ? detail : "") < 0)
                return NULL;
        return message;
}

/* NULL when the line is fine, else what is wrong with it. */
static const char *read_line(Parser *parser, const IniLine *line) {
        const Key *key;
        char *record;

        if (line->malformed)
                return "neither a section nor key=value";
        if (!line->key)
                return open_section(parser, line) ? NULL : "unknown section";

        key = find_key(line);
        if (!key)
                return "unknown key";
        record = parser->stream  ? (char *) parser->stream
                 : parser->model ? (char *) parser->model
                                 : (char *) parser->calendar;
        if (!key->read(parser->calendar->pool, line->value, record + key->offset, key->channel))
                return "bad value";
        return NULL;
}

static int compare_streams(const void *a, const void *b) {
        const CalendarStream *x = a, *y = b;

        return x->major != y->major ? x->major - y->major : x->minor - y->minor;
}

static int compare_models(const void *a, const void *b) {
        const CalendarModel *x = a, *y = b;

        return (x->from > y->from) - (x->from < y->from);
}

static const char *check_whole(SupportCalendar *calendar) {
        if (!calendar->vendor || (!calendar->kernel_form && calendar->flavours.n_items == 0) ||
            !calendar->stream_prefix || calendar->os_ids.n_items == 0)
                return "Vendor=, OsIds=, KernelForm= or Flavours=, and StreamPrefix= are needed";
        if (calendar->n_models == 0)
                return "no [Model …] section";
        for (size_t i = 0; i < calendar->n_models; i++)
                if (calendar->models[i].n_months == 0 ||
                    (calendar->models[i].selects && calendar->models[i].n_selection_days == 0))
                        return "a model lacks Months= or SelectionDays=";
        return NULL;
}

int support_calendar_parse(const char *text, const char *file, SupportCalendar **ret,
                           char **ret_message) {
        _cleanup_(support_calendar_freep) SupportCalendar *calendar = NULL;
        _cleanup_free_ char *copy = NULL;
        const char *wrong;
        IniReader reader;
        Parser parser;
        IniLine line;
        int r;

        calendar = calloc(1, sizeof(*calendar));
        copy = strdup(text);
        if (!calendar || !copy)
                return error_origin(-ENOMEM);
        r = memory_pool_new(&calendar->pool);
        if (r)
                return error_fold(r);
        calendar->file = memory_pool_text(calendar->pool, file);

        parser = (Parser){ .calendar = calendar };
        ini_reader_init(&reader, copy);
        while (ini_reader_next(&reader, &line)) {
                wrong = read_line(&parser, &line);
                if (memory_pool_exhausted(calendar->pool))
                        return error_origin(-ENOMEM);
                if (wrong) {
                        *ret_message = complaint(file, line.line, wrong,
                                                 line.key ? line.key : line.section);
                        return *ret_message ? SUPPORT_CALENDAR_E_INVALID : error_origin(-ENOMEM);
                }
        }

        wrong = check_whole(calendar);
        if (wrong) {
                *ret_message = complaint(file, reader.line, wrong, NULL);
                return *ret_message ? SUPPORT_CALENDAR_E_INVALID : error_origin(-ENOMEM);
        }
        if (calendar->n_streams > 1)
                qsort(calendar->streams, calendar->n_streams, sizeof(CalendarStream),
                      compare_streams);
        qsort(calendar->models, calendar->n_models, sizeof(CalendarModel), compare_models);

        *ret = TAKE(calendar);
        return 0;
}

SupportCalendar *support_calendar_free(SupportCalendar *calendar) {
        if (!calendar)
                return NULL;

        memory_pool_free(calendar->pool);
        free(calendar);
        return NULL;
}

const CalendarStream *support_calendar_find_stream(const SupportCalendar *calendar,
                                                   const char *name) {
        for (size_t i = 0; name && i < calendar->n_streams; i++)
                if (strcmp(calendar->streams[i].name, name) == 0)
                        return &calendar->streams[i];
        return NULL;
}

const CalendarStream *support_calendar_find_minor(const SupportCalendar *calendar, int major,
                                                  int minor) {
        for (size_t i = 0; i < calendar->n_streams; i++)
                if (calendar->streams[i].major == major && calendar->streams[i].minor == minor)
                        return &calendar->streams[i];
        return NULL;
}

const CalendarModel *support_calendar_model_at(const SupportCalendar *calendar, UtcDay day) {
        const CalendarModel *found = NULL;

        for (size_t i = 0; i < calendar->n_models; i++)
                if (calendar->models[i].from == UTC_DAY_NONE || calendar->models[i].from <= day)
                        found = &calendar->models[i];
        return found;
}

int support_calendar_months(const CalendarModel *model, const CalendarStream *stream) {
        return stream && stream->n_months > 0 ? stream->n_months : model->n_months;
}

static UtcDay selection_in(const CalendarModel *model, int year, size_t i) {
        return utc_day_from_date(year, model->selection_days[i] / 100,
                                 model->selection_days[i] % 100);
}

UtcDay calendar_model_next_selection(const CalendarModel *model, UtcDay day) {
        int year, month, mday;

        if (!model->selects)
                return UTC_DAY_NONE;

        utc_day_to_date(day, &year, &month, &mday);
        for (size_t i = 0; i < model->n_selection_days; i++)
                if (selection_in(model, year, i) > day)
                        return selection_in(model, year, i);
        return selection_in(model, year + 1, 0);
}

UtcDay calendar_model_last_selection(const CalendarModel *model, UtcDay day) {
        int year, month, mday;

        if (!model->selects)
                return UTC_DAY_NONE;

        utc_day_to_date(day, &year, &month, &mday);
        for (size_t i = model->n_selection_days; i > 0; i--) {
                UtcDay selection = selection_in(model, year, i - 1);

                if (selection <= day)
                        return selection;
        }
        return selection_in(model, year - 1, model->n_selection_days - 1);
}

bool calendar_stream_begins_with(const CalendarStream *stream, const KernelRelease *kernel) {
        KernelRelease initial;

        if (!stream->initial_kernel)
                return false;
        if (strcmp(stream->initial_kernel, kernel->name) == 0)
                return true;
        /* Only names with a flavour, and bare ones, have a second form. */
        if (kernel->flavour[0] == '\0' && !kernel_release_is_bare(kernel))
                return false;
        return kernel_release_parse(stream->initial_kernel, &initial) == 0 &&
               kernel_release_is_same(&initial, kernel);
}

bool calendar_stream_follows(const CalendarStream *stream, const CalendarStream *from) {
        return stream->major == from->major && stream->minor >= from->minor;
}
