/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Calls and what goes wrong with them. Whoever types klpctl wants an answer or the command that
 * brings one; so every failure of the bus is turned into a sentence and a command here, once for all
 * verbs. Synchronous on purpose: a client that does one thing and ends needs no loop. It refuses to
 * judge answers: it hands on what the daemon said.
 */

#include <errno.h>
#include <poll.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-bus.h>
#include <systemd/sd-daemon.h>

#include "base/error.h"
#include "base/text.h"
#include "connection/daemon-call.h"
#include "connection/daemon-connection.h"
#include "connection/row-message.h"
#include "dbus/bus-names.h"

#define DEFAULT_BUS_ADDRESS "unix:path=/run/dbus/system_bus_socket"
#define PAGE_ENTRIES 500u
#define ENTRIES_MAX \
        100000 /* no daemon has so many; one that never stops answering is not followed */
#define MESSAGE_BYTES_MAX 1024
/* Longer than the daemon waits for polkit, for a password, and for klpwatch-hostfacts, so that it answers. */
#define REFRESH_USEC (40 * 60 * 1000000ull)
#define PASSWORD_USEC (5 * 60 * 1000000ull)

struct DaemonConnection {
        MemoryPool *pool;
        DaemonPlace place;
        sd_bus *bus;
        DaemonProblem problem;
};

int daemon_connection_new(MemoryPool *pool, const DaemonPlace *place, DaemonConnection **ret) {
        DaemonConnection *connection;

        connection = calloc(1, sizeof(*connection));
        if (!connection)
                return error_origin(-ENOMEM);

        connection->pool = pool;
        connection->place = *place;
        *ret = connection;
        return 0;
}

DaemonConnection *daemon_connection_free(DaemonConnection *connection) {
        if (!connection)
                return NULL;

        sd_bus_close_unref(connection->bus);
        free(connection);
        return NULL;
}

DaemonProblem daemon_connection_problem(const DaemonConnection *connection) {
        return connection->problem;
}

static int problem(DaemonConnection *connection, int outcome, const char *sentence,
                   const char *command) {
        connection->problem = (DaemonProblem){ sentence, command };
        return outcome;
}

int daemon_call_no_bus(DaemonConnection *connection, int error) {
        const char *address = secure_getenv("DBUS_SYSTEM_BUS_ADDRESS"),
                   *host = connection->place.host, *machine = connection->place.machine;

        if (host)
                return problem(connection, DAEMON_CONNECTION_E_NO_BUS,
                               memory_pool_format(
                                               connection->pool,
                                               "The system bus of host %s cannot be reached over "
                                               "ssh: %s.",
                                               host, strerror(error)),
                               memory_pool_format(connection->pool, "ssh %s systemd-stdio-bridge",
                                                  host));
        if (machine)
                return problem(connection, DAEMON_CONNECTION_E_NO_BUS,
                               memory_pool_format(connection->pool,
                                                  "The system bus of machine %s cannot be "
                                                  "reached: %s.",
                                                  machine, strerror(error)),
                               "machinectl list");
        return problem(connection, DAEMON_CONNECTION_E_NO_BUS,
                       memory_pool_format(connection->pool,
                                          "The system bus at %s cannot be reached: %s.",
                                          text_printable(connection->pool,
                                                         address ? address : DEFAULT_BUS_ADDRESS,
                                                         MESSAGE_BYTES_MAX),
                                          strerror(error)),
                       sd_booted() > 0 ? "systemctl start dbus.socket" : NULL);
}

/* "systemctl start klpwatchd" for the place where the daemon should be. */
static const char *systemctl(const DaemonConnection *connection, const char *verb) {
        const DaemonPlace *place = &connection->place;

        return memory_pool_format(connection->pool, "systemctl %s%s%s%s klpwatchd",
                                  place->host      ? "--host="
                                  : place->machine ? "--machine="
                                                   : "",
                                  place->host      ? place->host
                                  : place->machine ? place->machine
                                                   : "",
                                  place->host || place->machine ? " " : "", verb);
}

static bool has_systemctl(const DaemonConnection *connection) {
        return connection->place.host || connection->place.machine || sd_booted() > 0;
}

static const char *start_command(const DaemonConnection *connection) {
        return has_systemctl(connection) ? systemctl(connection, "start") : "start klpwatchd";
}

static const char *look_command(const DaemonConnection *connection) {
        return has_systemctl(connection) ? systemctl(connection, "status") : NULL;
}

static const char *feeds_command(_unused_ const DaemonConnection *connection) {
        return "klpctl feeds";
}

typedef struct ErrorName {
        const char *name;
        int outcome;
        const char *sentence; /* NULL: the message itself */
        const char *(*command)(const DaemonConnection *);
} ErrorName;

static const ErrorName *error_name_find(const char *name) {
        static const ErrorName names[] = {
                { "org.freedesktop.DBus.Error.ServiceUnknown", DAEMON_CONNECTION_E_NO_DAEMON,
                  "klpwatchd is not running.", start_command },
                { "org.freedesktop.DBus.Error.NameHasNoOwner", DAEMON_CONNECTION_E_NO_DAEMON,
                  "klpwatchd is not running.", start_command },
                { "org.freedesktop.DBus.Error.NoReply", DAEMON_CONNECTION_E_FAILED,
                  "klpwatchd did not answer: it ended, or it hangs.", look_command },
                { "org.freedesktop.DBus.Error.Timeout", DAEMON_CONNECTION_E_FAILED,
                  "klpwatchd did not answer in time.", look_command },
                { "org.freedesktop.DBus.Error.UnknownMethod", DAEMON_CONNECTION_E_FAILED,
                  "The klpwatchd that runs is of another version and does not know this question.",
                  look_command },
                { "org.freedesktop.DBus.Error.UnknownInterface", DAEMON_CONNECTION_E_FAILED,
                  "The klpwatchd that runs is of another version and does not know this question.",
                  look_command },
                { "org.freedesktop.DBus.Error.UnknownObject", DAEMON_CONNECTION_E_FAILED,
                  "The klpwatchd that runs is of another version and does not know this question.",
                  look_command },
                { "org.freedesktop.DBus.Error.AccessDenied", DAEMON_CONNECTION_E_REFUSED,
                  "You are not allowed to do this; root is.", NULL },
                { "org.freedesktop.DBus.Error.InteractiveAuthorizationRequired",
                  DAEMON_CONNECTION_E_REFUSED,
                  "You are not allowed to do this without a password; root is.", NULL },
                { BUS_ERROR_NOT_ASSESSED, DAEMON_CONNECTION_E_NOT_ASSESSED,
                  "klpwatchd has just started and has no answer yet; ask again in a few seconds.",
                  NULL },
                { BUS_ERROR_NO_SUCH_CVE, DAEMON_CONNECTION_E_NO_SUCH_CVE, NULL, NULL },
                { BUS_ERROR_REFRESH_FAILED, DAEMON_CONNECTION_E_FAILED, NULL, feeds_command },
                { BUS_ERROR_RESCAN_FAILED, DAEMON_CONNECTION_E_FAILED, NULL, look_command },
                { BUS_ERROR_INVALID_ARGUMENT, DAEMON_CONNECTION_E_FAILED, NULL, NULL },
                { BUS_ERROR_IMPORT_REFUSED, DAEMON_CONNECTION_E_FAILED, NULL, NULL },
                { BUS_ERROR_EXPORT_FAILED, DAEMON_CONNECTION_E_FAILED, NULL, NULL },
                { BUS_ERROR_NOT_AUTHORIZED, DAEMON_CONNECTION_E_REFUSED, NULL, NULL },
                { BUS_ERROR_AUTHORITY_UNAVAILABLE, DAEMON_CONNECTION_E_REFUSED, NULL, NULL },
        };

        for (size_t i = 0; i < ELEMENTS(names); i++)
                if (strcmp(names[i].name, name) == 0)
                        return &names[i];
        return NULL;
}

static int on_bus_error(DaemonConnection *connection, int r, const sd_bus_error *error) {
        const char *message = text_printable(connection->pool, error->message, MESSAGE_BYTES_MAX);
        const ErrorName *name;

        if (r == -ENOMEM)
                return error_origin(r);
        /* What never reached the bus has no name of the bus's. */
        if (!error->name || text_starts_with(error->name, "System.Error."))
                return r == -ETIMEDOUT ? problem(connection, DAEMON_CONNECTION_E_FAILED,
                                                 "klpwatchd did not answer in time.",
                                                 look_command(connection))
                                       : daemon_call_no_bus(connection, -r);

        name = error_name_find(error->name);
        if (name)
                return problem(connection, name->outcome, name->sentence ? name->sentence : message,
                               name->command ? name->command(connection) : NULL);
        if (text_starts_with(error->name, "org.freedesktop.systemd1.") ||
            text_starts_with(error->name, "org.freedesktop.DBus.Error.Spawn."))
                return problem(connection, DAEMON_CONNECTION_E_NO_DAEMON,
                               memory_pool_format(connection->pool,
                                                  "klpwatchd could not be started: %s", message),
                               look_command(connection));
        return problem(connection, DAEMON_CONNECTION_E_FAILED,
                       memory_pool_format(connection->pool, "klpwatchd refused: %s (%s)", message,
                                          text_printable(connection->pool, error->name,
                                                         MESSAGE_BYTES_MAX)),
                       NULL);
}

int daemon_call_malformed(DaemonConnection *connection) {
        return problem(connection, DAEMON_CONNECTION_E_FAILED,
                       "The answer of klpwatchd cannot be read: it is of another version.",
                       look_command(connection));
}

int daemon_call_connect(DaemonConnection *connection, sd_bus **ret) {
        const DaemonPlace *place = &connection->place;
        int r;

        connection->problem = (DaemonProblem){};
        if (!connection->bus) {
                r = place->host      ? sd_bus_open_system_remote(&connection->bus, place->host)
                    : place->machine ? sd_bus_open_system_machine(&connection->bus, place->machine)
                                     : sd_bus_open_system(&connection->bus);
                if (r == -ENOMEM)
                        return error_origin(r);
                if (r < 0)
                        return daemon_call_no_bus(connection, -r);
        }
        *ret = connection->bus;
        return 0;
}

int daemon_call_new(DaemonConnection *connection, const char *path, const char *interface,
                    const char *method, sd_bus_message **ret) {
        sd_bus *bus;
        int r;

        r = daemon_call_connect(connection, &bus);
        if (r != 0)
                return r;
        r = sd_bus_message_new_method_call(bus, ret, BUS_NAME, path, interface, method);
        if (r == -ENOTCONN)
                return daemon_call_no_bus(connection, -r);
        return r < 0 ? error_origin(r) : 0;
}

static int call_new(DaemonConnection *connection, const char *method, sd_bus_message **ret) {
        return daemon_call_new(connection, BUS_PATH, BUS_INTERFACE_MANAGER, method, ret);
}

/* A look at the host takes up to two minutes, and a password as long as somebody types. */
static bool takes_long(sd_bus_message *call) {
        static const char *const members[] = { "Rescan", "ImportDigest", "Acknowledge", "Snooze" };
        const char *member = sd_bus_message_get_member(call);

        for (size_t i = 0; member && i < ELEMENTS(members); i++)
                if (strcmp(member, members[i]) == 0)
                        return true;
        return false;
}

int daemon_call_send(DaemonConnection *connection, sd_bus_message *call,
                     sd_bus_message **ret_reply) {
        sd_bus_error error = SD_BUS_ERROR_NULL;
        int r;

        r = sd_bus_call(connection->bus, call, takes_long(call) ? PASSWORD_USEC : 0, &error,
                        ret_reply);
        if (r < 0)
                r = on_bus_error(connection, r, &error);
        else
                r = 0;
        sd_bus_error_free(&error);
        return r;
}

int daemon_call_wait(sd_bus *bus, int reader_fd) {
        struct pollfd fds[] = {
                { .fd = sd_bus_get_fd(bus), .events = (short) sd_bus_get_events(bus) },
                { .fd = reader_fd },
        };

        if (poll(fds, ELEMENTS(fds), -1) < 0 && errno != EINTR)
                return error_origin(-errno);
        return fds[1].revents & (POLLERR | POLLHUP) ? DAEMON_CALL_E_NO_READER : 0;
}

int daemon_connection_describe(DaemonConnection *connection, MemoryPool *pool, UtcTime at,
                               const char **ret_json) {
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *call = NULL, *reply = NULL;
        const char *json;
        int r;

        r = call_new(connection, at == UTC_TIME_NONE ? "Describe" : "DescribeAt", &call);
        if (r != 0)
                return r;
        if (at != UTC_TIME_NONE) {
                r = sd_bus_message_append(call, "t", (uint64_t) at);
                if (r < 0)
                        return error_origin(r);
        }

        r = daemon_call_send(connection, call, &reply);
        if (r != 0)
                return r;
        if (sd_bus_message_read(reply, "s", &json) < 0)
                return daemon_call_malformed(connection);

        *ret_json = memory_pool_text(pool, json);
        return 0;
}

static int append_text(sd_bus_message *call, const char *key, const char *value) {
        return value ? sd_bus_message_append(call, "{sv}", key, "s", value) : 0;
}

static int append_filter(sd_bus_message *call, const ExposureFilter *filter, uint32_t offset) {
        int r;

        r = sd_bus_message_open_container(call, 'a', "{sv}");
        if (r >= 0 && !filter->closed_too)
                r = sd_bus_message_append(call, "{sv}", "open", "b", 1);
        if (r >= 0)
                r = append_text(call, "severity", filter->severity);
        if (r >= 0)
                r = append_text(call, "verdict", filter->verdict);
        if (r >= 0)
                r = sd_bus_message_append(call, "{sv}", "offset", "u", offset);
        if (r >= 0)
                r = sd_bus_message_append(call, "{sv}", "limit", "u", PAGE_ENTRIES);
        if (r >= 0)
                r = sd_bus_message_close_container(call);
        return r < 0 ? error_origin(r) : 0;
}

int daemon_connection_list_exposures(DaemonConnection *connection, MemoryPool *pool,
                                     const ExposureFilter *filter, BusRows *ret) {
        BusRows all = {}, page;

        do {
                _cleanup_(sd_bus_message_unrefp) sd_bus_message *call = NULL, *reply = NULL;
                int r;

                r = call_new(connection, "ListExposures", &call);
                if (r != 0)
                        return r;
                r = append_filter(call, filter, (uint32_t) all.n_items);
                if (r != 0)
                        return error_trace(r);
                r = daemon_call_send(connection, call, &reply);
                if (r != 0)
                        return r;

                page = (BusRows){};
                r = row_message_read_all(reply, pool, &page);
                if (r < 0)
                        return error_trace(r);
                if (r > 0)
                        return daemon_call_malformed(connection);

                for (size_t i = 0; i < page.n_items; i++) {
                        BusRow *slot = memory_pool_append(pool, all.items, all.n_items);

                        if (!slot)
                                return error_origin(-ENOMEM);
                        *slot = page.items[i];
                }
                /* A short page proves nothing: the daemon ends one early whose rows grow too many bytes. */
        } while (page.n_items > 0 && all.n_items < ENTRIES_MAX);

        *ret = all;
        return 0;
}

int daemon_connection_explain(DaemonConnection *connection, MemoryPool *pool, const char *cve,
                              BusRow *ret) {
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *call = NULL, *reply = NULL;
        int r;

        r = call_new(connection, "Explain", &call);
        if (r != 0)
                return r;
        r = sd_bus_message_append(call, "s", cve);
        if (r < 0)
                return error_origin(r);
        r = daemon_call_send(connection, call, &reply);
        if (r != 0)
                return r;

        r = row_message_read(reply, pool, ret);
        if (r < 0)
                return error_trace(r);
        return r > 0 ? daemon_call_malformed(connection) : 0;
}

/* Of a method without arguments that answers with rows. */
static int list(DaemonConnection *connection, const char *method, MemoryPool *pool, BusRows *ret) {
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *call = NULL, *reply = NULL;
        int r;

        r = call_new(connection, method, &call);
        if (r != 0)
                return r;
        r = daemon_call_send(connection, call, &reply);
        if (r != 0)
                return r;

        r = row_message_read_all(reply, pool, ret);
        if (r < 0)
                return error_trace(r);
        return r > 0 ? daemon_call_malformed(connection) : 0;
}

int daemon_connection_list_kernels(DaemonConnection *connection, MemoryPool *pool, BusRows *ret) {
        return list(connection, "ListKernels", pool, ret);
}

int daemon_connection_list_settings(DaemonConnection *connection, MemoryPool *pool, BusRows *ret) {
        return list(connection, "ListSettings", pool, ret);
}

int daemon_connection_import(DaemonConnection *connection, int fd, bool may_ask) {
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *call = NULL, *reply = NULL;
        int r;

        r = call_new(connection, "ImportDigest", &call);
        if (r != 0)
                return r;
        r = sd_bus_message_append(call, "h", fd);
        if (r >= 0)
                r = sd_bus_message_set_allow_interactive_authorization(call, may_ask);
        if (r < 0)
                return error_origin(r);
        return daemon_call_send(connection, call, &reply);
}

int daemon_connection_export(DaemonConnection *connection, int *ret_fd) {
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *call = NULL, *reply = NULL;
        int fd, r;

        r = call_new(connection, "ExportDigest", &call);
        if (r != 0)
                return r;
        r = daemon_call_send(connection, call, &reply);
        if (r != 0)
                return r;
        if (sd_bus_message_read(reply, "h", &fd) < 0)
                return daemon_call_malformed(connection);
        fd = fcntl(fd, F_DUPFD_CLOEXEC, 3);
        if (fd < 0)
                return error_origin(-errno);
        *ret_fd = fd;
        return 0;
}

/* A method without arguments that changes something. */
static int command(DaemonConnection *connection, const char *method, bool may_ask) {
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *call = NULL, *reply = NULL;
        int r;

        r = call_new(connection, method, &call);
        if (r != 0)
                return r;
        r = sd_bus_message_set_allow_interactive_authorization(call, may_ask);
        if (r < 0)
                return error_origin(r);
        return daemon_call_send(connection, call, &reply);
}

int daemon_connection_rescan(DaemonConnection *connection, bool may_ask) {
        return command(connection, "Rescan", may_ask);
}

/* A Refresh() that is on its way. */
typedef struct Following {
        DaemonProgressFunction on_progress;
        void *userdata;
        sd_bus_message *reply; /* NULL until it is there */
} Following;

static int on_progress(sd_bus_message *signal, void *userdata, _unused_ sd_bus_error *error) {
        Following *following = userdata;
        _cleanup_free_ char *name = NULL;
        DaemonProgress progress = {};

        /* What cannot be read is of a later version, and only for show. */
        if (sd_bus_path_decode(sd_bus_message_get_path(signal), BUS_PATH_FEEDS, &name) > 0 &&
            sd_bus_message_read(signal, "stt", &progress.what, &progress.n_done,
                                &progress.n_total) > 0) {
                progress.feed = name;
                following->on_progress(&progress, following->userdata);
        }
        return 0;
}

static int on_refreshed(sd_bus_message *reply, void *userdata, _unused_ sd_bus_error *error) {
        Following *following = userdata;

        following->reply = sd_bus_message_ref(reply);
        return 0;
}

/* The whole attempt may take half an hour, and a password as long as somebody types. */
static int send_and_follow(DaemonConnection *connection, sd_bus_message *call,
                           Following *following) {
        _cleanup_(sd_bus_slot_unrefp) sd_bus_slot *signals = NULL, *answer = NULL;
        int r;

        r = sd_bus_match_signal(connection->bus, &signals, BUS_NAME, NULL, BUS_INTERFACE_FEED,
                                "Progress", on_progress, following);
        if (r >= 0)
                r = sd_bus_call_async(connection->bus, &answer, call, on_refreshed, following,
                                      REFRESH_USEC);
        while (r >= 0 && !following->reply) {
                r = sd_bus_process(connection->bus, NULL);
                if (r == 0)
                        r = sd_bus_wait(connection->bus, UINT64_MAX);
        }
        return r;
}

int daemon_connection_refresh(DaemonConnection *connection, bool may_ask,
                              DaemonProgressFunction on_progress_function, void *userdata) {
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *call = NULL;
        Following following = { .on_progress = on_progress_function, .userdata = userdata };
        int r;

        r = call_new(connection, "Refresh", &call);
        if (r != 0)
                return r;
        r = sd_bus_message_set_allow_interactive_authorization(call, may_ask);
        if (r < 0)
                return error_origin(r);
        r = send_and_follow(connection, call, &following);
        if (r == -ENOMEM)
                r = error_origin(r);
        else if (r < 0)
                r = daemon_call_no_bus(connection, -r);
        else if (sd_bus_message_is_method_error(following.reply, NULL))
                r = on_bus_error(connection, -sd_bus_message_get_errno(following.reply),
                                 sd_bus_message_get_error(following.reply));
        else
                r = 0;
        sd_bus_message_unref(following.reply);
        return r;
}
