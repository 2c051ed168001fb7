package dev.remora.bench.echo;

import java.util.Iterator;

/** For help and completion. */
final class ContenderNames implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
        return Contenders.ALL.names().iterator();
    }
}
