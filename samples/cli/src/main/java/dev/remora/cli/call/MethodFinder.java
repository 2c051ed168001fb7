package dev.remora.cli.call;

import dev.remora.runtime.reflection.v1.Method;
import dev.remora.runtime.reflection.v1.Service;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds what a user calls a method or a service: by its full name, with a slash or a dot before the method, or by as much of
 * its end as tells it from all others ({@code Users/GetUser}, {@code GetUser}).
 */
final class MethodFinder {
    private static final int MAX_NAMED = 5;

    private final Schema schema;
    private final List<Service> services;

    MethodFinder(Schema schema) {
        this.schema = schema;
        this.services = schema.services();
    }

    /** A method with its service. */
    record Found(Service service, Method method) {
        String fullName() {
            return service.getName() + "/" + method.getName();
        }
    }

    /**
     * The one method that is meant.
     *
     * @throws CallException if there is none, with guesses, or more than one
     */
    Found method(String text) {
        String wanted = text.replace('/', '.');
        List<Found> all = all();
        List<Found> found = new ArrayList<>();
        for (Found each : all) {
            String name = each.fullName().replace('/', '.');
            if (name.equals(wanted)) {
                return each;
            }
            if (name.endsWith("." + wanted)) {
                found.add(each);
            }
        }
        if (found.size() == 1) {
            return found.get(0);
        }
        if (found.size() > 1) {
            throw ambiguous("method", text, found.stream().map(Found::fullName).toList());
        }
        throw unknown("method", text, names(all, text));
    }

    /** As {@link #method}, for a service. */
    Service service(String text) {
        List<Service> found = new ArrayList<>();
        for (Service each : services) {
            if (each.getName().equals(text)) {
                return each;
            }
            if (each.getName().endsWith("." + text)) {
                found.add(each);
            }
        }
        if (found.size() == 1) {
            return found.get(0);
        }
        List<String> names = (found.isEmpty() ? services : found)
                .stream().map(Service::getName).toList();
        if (found.size() > 1) {
            throw ambiguous("service", text, names);
        }
        throw unknown("service", text, shortened(names, text));
    }

    List<Service> services() {
        return services;
    }

    /** All methods in the order of their services. */
    List<Found> all() {
        List<Found> all = new ArrayList<>();
        for (Service service : services) {
            service.getMethodsList().forEach(method -> all.add(new Found(service, method)));
        }
        return all;
    }

    private static List<String> names(List<Found> all, String text) {
        return shortened(all.stream().map(Found::fullName).toList(), text);
    }

    /** Names without as many leading words as the user left out, so that like is compared with like. */
    private static List<String> shortened(List<String> names, String text) {
        long words = words(text);
        return names.stream()
                .map(name -> {
                    String end = name;
                    while (words(end) > words) {
                        end = end.substring(firstBreak(end) + 1);
                    }
                    return end;
                })
                .toList();
    }

    private static long words(String name) {
        return name.chars().filter(c -> c == '.' || c == '/').count();
    }

    private static int firstBreak(String name) {
        int at = 0;
        while (name.charAt(at) != '.' && name.charAt(at) != '/') {
            at++;
        }
        return at;
    }

    private CallException ambiguous(String kind, String text, List<String> names) {
        return new CallException(
                "more than one " + kind + " is called '" + text + "': "
                        + String.join(", ", names.subList(0, Math.min(MAX_NAMED, names.size())))
                        + (names.size() > MAX_NAMED ? ", ..." : ""),
                "write more of its name");
    }

    private CallException unknown(String kind, String text, List<String> candidates) {
        return new CallException(
                schema.source() + " has no " + kind + " '" + text + "'" + Similar.hint(text, candidates),
                services.isEmpty() ? "it has no services at all" : "see what it has: ./remora call ... list");
    }
}
