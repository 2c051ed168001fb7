package dev.remora.cli.top;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;

/**
 * Where a process tells its metrics.
 *
 * @param uri of its page
 * @param name what rows call it: host and port
 */
record Target(URI uri, String name) {
    private static final String PATH = "/metrics";

    /**
     * Reads what somebody typed: {@code http://host:port/metrics}, or shorter {@code host:port}.
     *
     * @throws IllegalArgumentException if that is no address of a page
     */
    static Target parse(String text) {
        String full = text.contains("://") ? text : "http://" + text;
        URI uri;
        try {
            uri = new URI(full);
        } catch (URISyntaxException e) {
            throw refused(text, e.getReason());
        }
        String scheme = uri.getScheme() == null ? "nothing" : uri.getScheme().toLowerCase(Locale.ROOT);
        if (!scheme.equals("http") && !scheme.equals("https")) {
            throw refused(text, "it must be http or https, not " + scheme);
        }
        if (uri.getHost() == null) {
            throw refused(text, "there is no host in it");
        }
        if (uri.getPort() > 65_535) {
            throw refused(text, "ports end at 65535");
        }
        if (uri.getUserInfo() != null) {
            throw refused(text, "names and passwords are not sent");
        }
        boolean bare = uri.getPath().isEmpty() || uri.getPath().equals("/");
        String host = uri.getHost() + (uri.getPort() < 0 ? "" : ":" + uri.getPort());
        URI page = bare ? URI.create(scheme + "://" + host + PATH) : uri;
        return new Target(page, bare || uri.getPath().equals(PATH) ? host : host + uri.getPath());
    }

    private static IllegalArgumentException refused(String text, String why) {
        return new IllegalArgumentException("'" + text + "' is no address of metrics: " + why
                + ". It looks like http://127.0.0.1:9464/metrics or 127.0.0.1:9464");
    }
}
