/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The vendors' forms of a made-up history. Of each form only what readers go by is written, in the
 * varieties that real documents have: dates with `Z`, with an offset or with microseconds, severities
 * that are there or not, the flat product ids beside the old ones.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/sha256.h"
#include "core/kernel-release.h"
#include "spelled-stream.h"

static const char *capitalized(Severity severity) {
        static const char *const words[_SEVERITY_MAX] = {
                [SEVERITY_UNKNOWN] = "None",      [SEVERITY_LOW] = "Low",
                [SEVERITY_MODERATE] = "Moderate", [SEVERITY_IMPORTANT] = "Important",
                [SEVERITY_CRITICAL] = "Critical",
        };

        return words[severity];
}

/* `2024-08-15T05:34:56Z`, `…+00:00`, or with microseconds. */
static void put_date(FILE *out, Random *random, const char *key, UtcTime time) {
        static const char *const ends[] = { "Z", "+00:00", ".000000+00:00" };
        char buffer[UTC_TIME_TEXT_BYTES];

        utc_time_format(time, buffer);
        fprintf(out, "\"%s\":\"%.19s%s\"", key, buffer, ends[random_below(random, 3)]);
}

static bool is_flat(const StreamAdvisory *advisory) {
        return advisory->channels == 1u << CHANNEL_EUS &&
               advisory->id[strlen(advisory->id) - 1] % 2;
}

static void put_product(FILE *out, const StreamAdvisory *advisory) {
        const char *version = strchr(advisory->packages[0].kernel->stream, '-') + 1;
        bool main = advisory->channels & 1u << CHANNEL_MAIN,
             eus = advisory->channels & 1u << CHANNEL_EUS;

        if (is_flat(advisory))
                fprintf(out, "rhel-%s.0.z.eus", version);
        else if (advisory->initial)
                fprintf(out, "BaseOS-%s.0.GA", version);
        else
                fprintf(out, "BaseOS-%s.0.Z%s%s", version, main ? ".MAIN" : "", eus ? ".EUS" : "");
}

/* Architectures of the documents; the repository is x86_64's. */
static const char *const architectures[] = { "x86_64", "ppc64le" };

static void put_component(FILE *out, const StreamAdvisory *advisory, const StreamPackage *package,
                          const char *arch) {
        bool flat = is_flat(advisory);

        if (package->patch[0] != '\0')
                fprintf(out, "%s-0:%s.%s", package->kernel->package, package->patch,
                        package->kernel->dist);
        else
                fprintf(out, "%s-0:%s", flat ? "kernel" : "kernel-core", package->kernel->release);
        if (!flat)
                fprintf(out, ".%s", arch);
}

static void put_pair(FILE *out, const StreamAdvisory *advisory, const StreamPackage *package,
                     const char *arch) {
        fputc('"', out);
        put_product(out, advisory);
        fputc(':', out);
        put_component(out, advisory, package, arch);
        fputc('"', out);
}

static size_t n_architectures(const StreamAdvisory *advisory) {
        return is_flat(advisory) ? 1 : ELEMENTS(architectures);
}

static void put_relationships(FILE *out, const StreamAdvisory *advisory) {
        const char *comma = "";

        fputs("\"relationships\":[", out);
        for (size_t i = 0; i < advisory->n_packages; i++)
                for (size_t a = 0; a < n_architectures(advisory); a++) {
                        fprintf(out,
                                "%s{\"category\":\"default_component_of\",\"full_product_name\":"
                                "{\"name\":\"x\",\"product_id\":",
                                comma);
                        put_pair(out, advisory, &advisory->packages[i], architectures[a]);
                        fputs("},\"product_reference\":\"", out);
                        put_component(out, advisory, &advisory->packages[i], architectures[a]);
                        fputs("\",\"relates_to_product_reference\":\"", out);
                        put_product(out, advisory);
                        fputs("\"}", out);
                        comma = ",";
                }
        fputs("]", out);
}

static uint32_t cves_of(const StreamAdvisory *advisory) {
        uint32_t cves = 0;

        for (size_t i = 0; i < advisory->n_packages; i++)
                cves |= advisory->packages[i].cves;
        return cves;
}

static void put_vulnerabilities(FILE *out, const RandomStream *stream,
                                const StreamAdvisory *advisory) {
        uint32_t cves = cves_of(advisory);
        const char *comma = "";

        fputs("\"vulnerabilities\":[", out);
        for (unsigned c = 0; c < STREAM_MAX_CVES; c++) {
                const char *between = "";

                if (!(cves & 1u << c))
                        continue;
                fprintf(out, "%s{\"cve\":\"%s\",", comma, stream->cves[c].id);
                if (stream->rated)
                        fprintf(out, "\"threats\":[{\"category\":\"impact\",\"details\":\"%s\"}],",
                                capitalized(stream->cves[c].severity));
                fputs("\"product_status\":{\"fixed\":[", out);
                for (size_t i = 0; i < advisory->n_packages; i++)
                        for (size_t a = 0; a < n_architectures(advisory); a++) {
                                if (!(advisory->packages[i].cves & 1u << c))
                                        continue;
                                fputs(between, out);
                                put_pair(out, advisory, &advisory->packages[i], architectures[a]);
                                between = ",";
                        }
                fputs("]}}", out);
                comma = ",";
        }
        fputs("]", out);
}

static char *put_document(Random *random, const RandomStream *stream,
                          const StreamAdvisory *advisory, unsigned revised_days) {
        const StreamPackage *first = &advisory->packages[0];
        char *text = NULL;
        size_t n_bytes;
        FILE *out = open_memstream(&text, &n_bytes);

        if (!out)
                return NULL;
        fputs("{\"document\":{", out);
        if (advisory->severity != SEVERITY_UNKNOWN)
                fprintf(out, "\"aggregate_severity\":{\"text\":\"%s\"},",
                        capitalized(advisory->severity));
        fputs("\"category\":\"csaf_security_advisory\",", out);
        if (first->patch[0] != '\0' && advisory->n_packages == 1)
                fprintf(out,
                        "\"notes\":[{\"category\":\"general\",\"text\":\"This patch module is "
                        "targeted for kernel-%s.\"}],",
                        first->kernel->release);
        fprintf(out, "\"tracking\":{\"id\":\"%s\",\"status\":\"final\",", advisory->id);
        put_date(out, random, "initial_release_date", advisory->released);
        fputc(',', out);
        put_date(out, random, "current_release_date",
                 advisory->released + revised_days * USEC_PER_DAY);
        fputs("}},\"product_tree\":{", out);
        put_relationships(out, advisory);
        fputs("},", out);
        put_vulnerabilities(out, stream, advisory);
        fputs("}", out);
        fclose(out);
        return text;
}

char *spelled_stream_first_revision(Random *random, const RandomStream *stream,
                                    const StreamAdvisory *advisory) {
        StreamAdvisory first = *advisory;

        first.packages[0].cves |= advisory->taken_back;
        return put_document(random, stream, &first, 10);
}

char *spelled_stream_document(Random *random, const RandomStream *stream,
                              const StreamAdvisory *advisory) {
        return put_document(random, stream, advisory, 100);
}

char *spelled_stream_withdrawal(const StreamAdvisory *advisory) {
        char *text = NULL;

        if (asprintf(&text, "{\"document\":{\"tracking\":{\"id\":\"%s\",\"status\":\"deleted\"}}}",
                     advisory->id) < 0)
                return NULL;
        return text;
}

char *spelled_stream_noise(const RandomStream *stream) {
        char buffer[UTC_TIME_TEXT_BYTES], *text = NULL;

        utc_time_format(stream->complete, buffer);
        if (asprintf(&text,
                     "{\"document\":{\"tracking\":{\"id\":\"RHSA-2024:99999\","
                     "\"initial_release_date\":\"%s\"}},\"product_tree\":{\"branches\":[{\"name\":"
                     "\"bash-0:5.1.8-9.el9.x86_64\"}]}}",
                     buffer) < 0)
                return NULL;
        return text;
}

/* --- repository metadata */

static void put_package(FILE *out, const char *name, const char *version, const char *release,
                        const char *requires) {
        fprintf(out,
                "<package type=\"rpm\"><name>%s</name><arch>x86_64</arch><version epoch=\"0\" "
                "ver=\"%s\" rel=\"%s\"/><format><rpm:vendor>Red Hat, Inc.</rpm:vendor>",
                name, version, release);
        if (requires) {
                KernelRelease kernel;

                if (kernel_release_parse(requires, &kernel) == 0)
                        fprintf(out,
                                "<rpm:requires><rpm:entry name=\"kernel-uname-r\" flags=\"EQ\" "
                                "epoch=\"0\" ver=\"%s\" rel=\"%s.x86_64\"/></rpm:requires>",
                                kernel.version, kernel.release);
        }
        fputs("</format></package>\n", out);
}

/* Name, version and release of a package of an advisory. */
static void split(const StreamPackage *package, const char **ret_name, char version[48],
                  char release[48]) {
        bool patch = package->patch[0] != '\0';
        const char *text = patch ? package->patch : package->kernel->release,
                   *dash = strchr(text, '-');

        *ret_name = patch ? package->kernel->package : "kernel-core";
        snprintf(version, 48, "%.*s", (int) (dash - text), text);
        snprintf(release, 48, "%s%s%s", dash + 1, patch ? "." : "",
                 patch ? package->kernel->dist : "");
}

static bool is_listed(const RandomStream *stream, const StreamAdvisory *advisory) {
        return random_stream_is_in_repository(stream, advisory) &&
               advisory->released <= stream->complete;
}

static char *primary(const RandomStream *stream, size_t *ret_n_bytes) {
        size_t n_packages = 1;
        char *text = NULL;
        FILE *out;

        for (size_t i = 0; i < stream->n_advisories; i++)
                if (is_listed(stream, &stream->advisories[i]))
                        n_packages += stream->advisories[i].n_packages;
        out = open_memstream(&text, ret_n_bytes);
        if (!out)
                return NULL;
        fprintf(out,
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<metadata "
                "xmlns=\"http://linux.duke.edu/metadata/common\" "
                "xmlns:rpm=\"http://linux.duke.edu/metadata/rpm\" packages=\"%zu\">\n",
                n_packages);
        put_package(out, "bash", "5.1.8", "9.el9", NULL);
        for (size_t i = 0; i < stream->n_advisories; i++) {
                const StreamAdvisory *advisory = &stream->advisories[i];

                for (size_t p = 0; is_listed(stream, advisory) && p < advisory->n_packages; p++) {
                        const StreamPackage *package = &advisory->packages[p];
                        char version[48], release[48];
                        const char *name;

                        split(package, &name, version, release);
                        put_package(out, name, version, release,
                                    package->patch[0] != '\0' ? package->kernel->release : NULL);
                }
        }
        fputs("</metadata>\n", out);
        fclose(out);
        return text;
}

static char *updateinfo(Random *random, const RandomStream *stream, size_t *ret_n_bytes) {
        char *text = NULL;
        FILE *out = open_memstream(&text, ret_n_bytes);

        if (!out)
                return NULL;
        fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<updates>\n", out);
        for (size_t i = 0; i < stream->n_advisories; i++) {
                const StreamAdvisory *advisory = &stream->advisories[i];
                uint32_t cves = cves_of(advisory);
                char buffer[UTC_TIME_TEXT_BYTES];

                if (!is_listed(stream, advisory))
                        continue;
                utc_time_format(advisory->released, buffer);
                fprintf(out, "<update type=\"security\"><id>%s</id><issued date=\"%.10s %.8s\"/>",
                        advisory->id, buffer, random_chance(random, 50) ? buffer + 11 : "00:00:00");
                fprintf(out, "<severity>%s</severity><references>",
                        capitalized(advisory->severity));
                for (unsigned c = 0; c < STREAM_MAX_CVES; c++)
                        if (cves & 1u << c)
                                fprintf(out, "<reference id=\"%s\" type=\"cve\"/>",
                                        stream->cves[c].id);
                fputs("</references><pkglist><collection>", out);
                for (size_t p = 0; p < advisory->n_packages; p++) {
                        char version[48], release[48];
                        const char *name;

                        split(&advisory->packages[p], &name, version, release);
                        fprintf(out,
                                "<package name=\"%s\" version=\"%s\" release=\"%s\" epoch=\"0\" "
                                "arch=\"x86_64\"/>",
                                name, version, release);
                }
                fputs("</collection></pkglist></update>\n", out);
        }
        fputs("</updates>\n", out);
        fclose(out);
        return text;
}

/* Of live patches alone; what an advisory does not name, too. */
static char *changelogs(const RandomStream *stream, size_t *ret_n_bytes) {
        char *text = NULL;
        FILE *out = open_memstream(&text, ret_n_bytes);

        if (!out)
                return NULL;
        fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<otherdata>\n", out);
        for (size_t i = 0; i < stream->n_advisories; i++) {
                const StreamAdvisory *advisory = &stream->advisories[i];

                for (size_t p = 0; is_listed(stream, advisory) && p < advisory->n_packages; p++) {
                        const StreamPackage *package = &advisory->packages[p];
                        char version[48], release[48];
                        const char *name;

                        if (package->patch[0] == '\0' || package->cves == 0)
                                continue;
                        split(package, &name, version, release);
                        fprintf(out,
                                "<package name=\"%s\" arch=\"x86_64\"><version epoch=\"0\" "
                                "ver=\"%s\" rel=\"%s\"/>",
                                name, version, release);
                        for (unsigned c = 0; c < STREAM_MAX_CVES; c++)
                                if (package->cves & 1u << c)
                                        fprintf(out,
                                                "<changelog>- kernel: a fix {%s}</changelog>\n",
                                                stream->cves[c].id);
                        fputs("<changelog>- a fix of long ago "
                              "{CVE-2019-9999}</changelog></package>\n",
                              out);
                }
        }
        fputs("</otherdata>\n", out);
        fclose(out);
        return text;
}

bool spelled_stream_write_file(const char *path, const char *text, size_t n_bytes) {
        FILE *file;
        bool written;

        /* A file that is written over is flushed to the disk by some file systems. */
        unlink(path);
        file = fopen(path, "we");
        if (!file)
                return false;
        written = fwrite(text, 1, n_bytes, file) == n_bytes;
        return fclose(file) == 0 && written;
}

static bool write_listed(FILE *repomd, const char *folder, const char *type, const char *text,
                         size_t n_bytes) {
        char path[256], hash[SHA256_TEXT_BYTES];

        if (!text)
                return false;
        sha256_text(text, n_bytes, hash);
        fprintf(repomd,
                "<data type=\"%s\"><checksum type=\"sha256\">%s</checksum><location "
                "href=\"repodata/%s.xml\"/></data>\n",
                type, hash, type);
        snprintf(path, sizeof(path), "%s/repodata/%s.xml", folder, type);
        return spelled_stream_write_file(path, text, n_bytes);
}

bool spelled_stream_write_repository(Random *random, const RandomStream *stream, const char *folder,
                                     bool list_of_packages) {
        _cleanup_free_ char *packages = NULL, *advisories = NULL, *others = NULL, *text = NULL;
        size_t n_packages, n_advisories, n_others, n_bytes;
        char path[256];
        bool written;
        FILE *repomd = open_memstream(&text, &n_bytes);

        if (!repomd)
                return false;
        packages = primary(stream, &n_packages);
        advisories = updateinfo(random, stream, &n_advisories);
        others = changelogs(stream, &n_others);
        fprintf(repomd,
                "<?xml version=\"1.0\"?>\n<repomd "
                "xmlns=\"http://linux.duke.edu/metadata/repo\"><revision>%lld</revision>\n",
                (long long) (stream->complete / USEC_PER_SEC));
        written = !list_of_packages ||
                  write_listed(repomd, folder, "primary", packages, n_packages);
        written = written && write_listed(repomd, folder, "updateinfo", advisories, n_advisories);
        written = written &&
                  (!stream->changelogs || write_listed(repomd, folder, "other", others, n_others));
        fputs("</repomd>\n", repomd);
        fclose(repomd);
        snprintf(path, sizeof(path), "%s/repodata/repomd.xml", folder);
        return written && spelled_stream_write_file(path, text, n_bytes);
}

const char *spelled_stream_repository_id(const RandomStream *stream) {
        bool eight = stream->version[0] == '8';

        if (stream->channel == CHANNEL_EUS)
                return eight ? "rhel-8-for-x86_64-baseos-eus-rpms"
                             : "rhel-9-for-x86_64-baseos-eus-rpms";
        return eight ? "rhel-8-for-x86_64-baseos-rpms" : "rhel-9-for-x86_64-baseos-rpms";
}
