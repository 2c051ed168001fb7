package dev.remora.runtime.resolve;

import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * The text by which a program says what service it means, in parts. Three ways to write it:
 *
 * <ul>
 *   <li>{@code scheme://authority/name}, such as {@code dns:///photos:7000} or {@code dns://10.0.0.2:53/photos:7000};
 *   <li>{@code scheme:name}, such as {@code dns:photos:7000};
 *   <li>addresses without a scheme, {@code a:7000,b:7000}, which are {@code static}.
 * </ul>
 *
 * @param scheme which provider understands it, such as {@code dns}
 * @param authority whom to ask, empty for the default; what stands between {@code //} and the next {@code /}
 * @param name what to ask for, not empty; with its leading {@code /} only if the scheme is {@code file}
 * @param text all of it, for people
 */
public record Target(String scheme, String authority, String name, String text) {
    /** Scheme of addresses that stand in the target itself. */
    public static final String STATIC = "static";

    private static final Pattern SCHEME = Pattern.compile("[a-z][a-z0-9+.-]*");
    private static final Pattern PORT = Pattern.compile("[0-9]+");

    /** Schemes of modules that are not there by default, for the error message. */
    private static final List<String> OPTIONAL = List.of("zookeeper (module remora-discovery-zookeeper)");

    /**
     * Takes a target apart.
     *
     * @param schemes those that are installed
     * @throws IllegalArgumentException if its scheme is not one of these, or it has no name; the message names what there is
     */
    public static Target parse(String text, Collection<String> schemes) {
        String s = text.strip();
        if (s.isEmpty()) {
            throw new IllegalArgumentException("a target is empty: write host:port, or scheme:///name with one of the"
                    + " schemes " + known(schemes));
        }
        int colon = s.indexOf(':');
        String scheme = colon > 0 ? s.substring(0, colon) : "";
        String rest = s.substring(colon + 1);
        boolean hierarchical = rest.startsWith("//");
        if (!hierarchical && (!schemes.contains(scheme) || isPort(rest))) {
            return new Target(STATIC, "", s, s);
        }
        if (!SCHEME.matcher(scheme).matches() || !schemes.contains(scheme)) {
            throw new IllegalArgumentException("'" + s + "': there is no scheme '" + scheme + "'; installed are "
                    + known(schemes) + "; others need their module on the class path: " + String.join(", ", OPTIONAL));
        }
        return split(scheme, rest, hierarchical, s);
    }

    private static Target split(String scheme, String rest, boolean hierarchical, String text) {
        String authority = "";
        String name = rest;
        if (hierarchical) {
            int slash = rest.indexOf('/', 2);
            if (slash < 0) {
                throw new IllegalArgumentException("'" + text + "' has no name: write " + scheme
                        + ":///name, with three" + " slashes, or " + scheme + "://who-to-ask/name");
            }
            authority = rest.substring(2, slash);
            name = rest.substring(slash);
        }
        if (!scheme.equals("file") && name.startsWith("/")) {
            name = name.substring(1);
        }
        if (name.isBlank() || name.equals("/")) {
            throw new IllegalArgumentException("'" + text + "' has no name after " + scheme + ":");
        }
        return new Target(scheme, authority, name, text);
    }

    /** A host may be called as a scheme is: {@code dns:7000} is its port 7000, and so is the first of {@code dns:1,b:2}. */
    private static boolean isPort(String rest) {
        int end = rest.indexOf(',');
        String first = (end < 0 ? rest : rest.substring(0, end)).strip();
        int space = first.indexOf(' ');
        return PORT.matcher(space < 0 ? first : first.substring(0, space)).matches();
    }

    private static String known(Collection<String> schemes) {
        return String.join(", ", new TreeSet<>(schemes));
    }

    @Override
    public String toString() {
        return text;
    }
}
