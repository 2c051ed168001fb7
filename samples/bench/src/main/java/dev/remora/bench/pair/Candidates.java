package dev.remora.bench.pair;

import dev.remora.bench.option.OptionCheck;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Who can be compared.
 *
 * @param all in the order in which they are listed
 */
public record Candidates<C extends Candidate>(List<C> all) {
    public Candidates {
        all = List.copyOf(all);
    }

    public List<String> names() {
        return all.stream().map(Candidate::name).toList();
    }

    public Optional<C> find(String name) {
        return all.stream().filter(each -> each.name().equals(name)).findFirst();
    }

    /** Those that {@code --contenders} names, each once. */
    public List<C> chosen(OptionCheck check, List<String> contenders) {
        List<C> chosen = new ArrayList<>();
        for (String name : contenders.stream().distinct().toList()) {
            chosen.add(find(name).orElseThrow(() -> check.wrong("--contenders: " + unknown(name))));
        }
        return chosen;
    }

    /** Refuses a {@code --baseline} that is none of them. */
    public void checkBaseline(OptionCheck check, String baseline) {
        check.require(find(baseline).isPresent(), "--baseline: " + unknown(baseline));
    }

    private String unknown(String name) {
        return "there is no contender '" + name + "'; known: " + String.join(", ", names());
    }
}
