package dev.remora.runtime.resolve;

import dev.remora.spi.Endpoint;

/**
 * One server of a service, as a resolver found it.
 *
 * @param endpoint where it is; the port is not 0
 * @param weight its share of the calls beside others, 1 to {@value #MAX_WEIGHT}; {@link #DEFAULT_WEIGHT} if nobody said
 * @param priority servers with the lowest number are called first, the others only when none of these can be; 0 to 65535
 */
public record ServerAddress(Endpoint endpoint, int weight, int priority) {
    /** What a server weighs of which nobody said anything. */
    public static final int DEFAULT_WEIGHT = 1;

    public static final int MAX_WEIGHT = 65_535;
    public static final int MAX_PRIORITY = 65_535;

    public ServerAddress {
        if (endpoint.port() == 0) {
            throw new IllegalArgumentException("'" + endpoint + "' lacks the server's port, which is not 0");
        }
        if (weight < 1 || weight > MAX_WEIGHT) {
            throw new IllegalArgumentException(
                    "weight " + weight + " of " + endpoint + " is outside 1 to " + MAX_WEIGHT);
        }
        if (priority < 0 || priority > MAX_PRIORITY) {
            throw new IllegalArgumentException(
                    "priority " + priority + " of " + endpoint + " is outside 0 to " + MAX_PRIORITY);
        }
    }

    /** One like any other. */
    public static ServerAddress of(Endpoint endpoint) {
        return new ServerAddress(endpoint, DEFAULT_WEIGHT, 0);
    }

    /**
     * Reads {@code host:port}, {@code host:port weight=3}, {@code host:port priority=1 weight=3}.
     *
     * @throws IllegalArgumentException that says what is wrong with it
     */
    public static ServerAddress parse(String text) {
        String[] words = text.strip().split("\\s+");
        int weight = DEFAULT_WEIGHT;
        int priority = 0;
        for (int i = 1; i < words.length; i++) {
            int equals = words[i].indexOf('=');
            String key = equals < 0 ? words[i] : words[i].substring(0, equals);
            String value = words[i].substring(equals + 1);
            switch (key) {
                case "weight" -> weight = number(text, key, value);
                case "priority" -> priority = number(text, key, value);
                default ->
                    throw new IllegalArgumentException("'" + text.strip() + "': after host:port may stand weight=N and"
                            + " priority=N, but not '" + words[i] + "'");
            }
        }
        return new ServerAddress(Endpoint.parse(words[0]), weight, priority);
    }

    private static int number(String text, String key, String value) {
        try {
            return Integer.parseInt(value);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "'" + text.strip() + "': " + key + " '" + value + "' is not a whole number", e);
        }
    }

    @Override
    public String toString() {
        return endpoint
                + (weight == DEFAULT_WEIGHT ? "" : " weight=" + weight)
                + (priority == 0 ? "" : " priority=" + priority);
    }
}
