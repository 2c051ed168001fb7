package dev.remora.cli.call;

import dev.remora.runtime.reflection.v1.Service;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** What may stand where a shell's user has pressed the tab key. */
final class Completer {
    private Completer() {}

    /**
     * Candidates for the next word.
     *
     * @param words before it, without options
     * @param begun what is there of it
     */
    static List<String> candidates(Schema schema, List<String> words, String begun) {
        List<Service> services = schema.services();
        Stream<String> found;
        if (words.size() == 1) {
            found = Stream.concat(CallWords.VERBS.stream(), methods(services));
        } else if (words.size() == 2 && words.get(1).equals("list")) {
            found = services.stream().map(Service::getName);
        } else if (words.size() == 2 && words.get(1).equals("describe")) {
            found = Stream.concat(services.stream().map(Service::getName), methods(services));
        } else {
            found = Stream.empty();
        }
        return found.filter(name -> name.startsWith(begun)).toList();
    }

    /** By their full names and, for those who know what they want, by service and method alone. */
    private static Stream<String> methods(List<Service> services) {
        List<String> names = new ArrayList<>();
        for (Service service : services) {
            String simple = service.getName().substring(service.getName().lastIndexOf('.') + 1);
            service.getMethodsList().forEach(method -> {
                names.add(service.getName() + "/" + method.getName());
                names.add(simple + "/" + method.getName());
            });
        }
        return names.stream().distinct();
    }
}
