/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Names on the bus, shared by the daemon and its clients. The interfaces are documented in the XML
 * files beside this header.
 */

#define BUS_NAME "org.klpwatch1"
#define BUS_PATH "/org/klpwatch1"
#define BUS_PATH_ALERTS BUS_PATH "/alert"
#define BUS_PATH_FEEDS BUS_PATH "/feed"
#define BUS_PATH_KERNELS BUS_PATH "/kernel"
#define BUS_PATH_LIVEPATCHES BUS_PATH "/livepatch"
#define BUS_PATH_LOG_CONTROL "/org/freedesktop/LogControl1"
#define BUS_INTERFACE_LOG_CONTROL "org.freedesktop.LogControl1"
#define BUS_INTERFACE_MANAGER "org.klpwatch1.Manager"
#define BUS_INTERFACE_ALERT "org.klpwatch1.Alert"
#define BUS_INTERFACE_FEED "org.klpwatch1.Feed"
#define BUS_INTERFACE_KERNEL "org.klpwatch1.Kernel"
#define BUS_INTERFACE_LIVEPATCH "org.klpwatch1.LivePatch"

#define BUS_ACTION_REFRESH "org.klpwatch1.refresh"
#define BUS_ACTION_RESCAN "org.klpwatch1.rescan"
#define BUS_ACTION_IMPORT_DIGEST "org.klpwatch1.import-digest"

#define BUS_ERROR_NOT_AUTHORIZED "org.klpwatch1.Error.NotAuthorized"
#define BUS_ERROR_AUTHORITY_UNAVAILABLE "org.klpwatch1.Error.AuthorityUnavailable"
#define BUS_ERROR_IMPORT_REFUSED "org.klpwatch1.Error.ImportRefused"
#define BUS_ERROR_INVALID_ARGUMENT "org.klpwatch1.Error.InvalidArgument"
#define BUS_ERROR_NO_SUCH_CVE "org.klpwatch1.Error.NoSuchCve"
#define BUS_ERROR_REFRESH_FAILED "org.klpwatch1.Error.RefreshFailed"
#define BUS_ERROR_RESCAN_FAILED "org.klpwatch1.Error.RescanFailed"
#define BUS_ERROR_NOT_ASSESSED "org.klpwatch1.Error.NotAssessed"
