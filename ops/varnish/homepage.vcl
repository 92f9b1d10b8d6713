vcl 4.1;

# Varnish (6.0 or later, with xkey of varnish-modules) as a cache in front of the gateways. It honours what answers say of
# themselves: s-maxage, stale-while-revalidate, stale-if-error, Vary, ETag. What says private or no-store is never stored.
# `npm run purger` with PURGE_TARGETS=varnish+http://host:port marks as stale, or removes, by Cache-Tag what has changed.

import directors;
import std;
import xkey;

probe ready {
    .url = "/readyz";
    .interval = 1s;
    .timeout = 1s;
    .window = 3;
    .threshold = 2;
    .initial = 2;
}

backend gateway_1 { .host = "127.0.0.1"; .port = "5000"; .probe = ready; .connect_timeout = 1s; .first_byte_timeout = 15s; }
backend gateway_2 { .host = "127.0.0.1"; .port = "5001"; .probe = ready; .connect_timeout = 1s; .first_byte_timeout = 15s; }

# Who may purge: where the purger runs.
acl purgers { "127.0.0.1"; "::1"; }

sub vcl_init {
    new gateways = directors.round_robin();
    gateways.add_backend(gateway_1);
    gateways.add_backend(gateway_2);
}

sub vcl_recv {
    set req.backend_hint = gateways.backend();
    if (req.restarts == 0) {
        unset req.http.X-Renew;
        unset req.http.X-Any-Age;
    }
    if (req.method == "PURGE") {
        if (client.ip !~ purgers) {
            return (synth(405, "Not allowed"));
        }
        if (req.http.xkey-purge) {
            set req.http.purged = xkey.purge(req.http.xkey-purge);
        }
        if (req.http.xkey-softpurge) {
            set req.http.purged = xkey.softpurge(req.http.xkey-softpurge);
        }
        return (synth(200, "Purged " + req.http.purged));
    }
    if (req.url ~ "^/(metrics|readyz|healthz|admin/)") {
        return (synth(404));
    }
    if (req.method != "GET" && req.method != "HEAD") {
        return (pass);
    }
    if (req.http.Authorization) {
        return (pass);
    }
    # Varnish stores gzip, and inflates for the clients that want none.
    if (req.http.X-Renew) {
        set req.hash_always_miss = true;
    }
    return (hash);
}

sub vcl_hit {
    if (obj.ttl >= 0s || req.http.X-Any-Age) {
        return (deliver);
    }
    # Within its own stale-while-revalidate: served, while Varnish fetches another in the background.
    if (obj.ttl + std.duration(obj.http.X-Stale-While-Revalidate + "s", 0s) > 0s) {
        return (deliver);
    }
    # Older: only for the case that no gateway answers.
    if (std.healthy(req.backend_hint) && req.restarts == 0) {
        set req.http.X-Renew = "1";
        return (restart);
    }
    return (deliver);
}

sub vcl_backend_response {
    # An error of a gateway must not replace what is held: the background fetch ends, a client's own goes to vcl_synth.
    if (beresp.status >= 500) {
        if (bereq.is_bgfetch) {
            return (abandon);
        }
        set beresp.uncacheable = true;
        set beresp.ttl = 0s;
        return (deliver);
    }
    if (beresp.http.Cache-Control ~ "private|no-store" || bereq.http.Authorization) {
        set beresp.uncacheable = true;
        set beresp.ttl = 0s;
        return (deliver);
    }
    set beresp.http.xkey = regsuball(beresp.http.Cache-Tag, ",", " ");
    set beresp.http.X-Stale-While-Revalidate = "0";
    if (beresp.http.Cache-Control ~ "stale-while-revalidate=\d+") {
        set beresp.http.X-Stale-While-Revalidate =
            regsub(beresp.http.Cache-Control, ".*stale-while-revalidate=(\d+).*", "\1");
    }
    set beresp.grace = std.duration(beresp.http.X-Stale-While-Revalidate + "s", 0s);
    if (beresp.http.Cache-Control ~ "stale-if-error=\d+") {
        set beresp.grace = std.duration(regsub(beresp.http.Cache-Control, ".*stale-if-error=(\d+).*", "\1") + "s", 0s);
    }
    # For If-None-Match towards the gateways.
    set beresp.keep = 60s;
}

sub vcl_backend_error {
    if (bereq.is_bgfetch) {
        return (abandon);
    }
}

sub vcl_deliver {
    # The renewal of an old page failed: the old page, whatever its age, is better than the error.
    if (resp.status >= 500 && req.http.X-Renew && req.restarts == 1) {
        unset req.http.X-Renew;
        set req.http.X-Any-Age = "1";
        set req.hash_always_miss = false;
        return (restart);
    }
    set resp.http.X-Cache = "MISS";
    if (obj.hits > 0) {
        set resp.http.X-Cache = "HIT";
    }
    unset resp.http.xkey;
    unset resp.http.Cache-Tag;
    unset resp.http.X-Stale-While-Revalidate;
    unset resp.http.X-Varnish;
    unset resp.http.Via;
}
