package dev.remora.runtime.config;

/**
 * Names methods: a full name such as {@code photos.v1.Users/GetUser}, or a beginning of full names and a {@code *}, such as
 * {@code photos.v1.Users/*}. The longest beginning is the best match; a full name is better than any.
 */
final class MethodPattern {
    private final String text;
    private final String beginning;
    private final boolean whole;

    private MethodPattern(String text) {
        this.text = text;
        whole = !text.endsWith("*");
        beginning = whole ? text : text.substring(0, text.length() - 1);
    }

    /** @throws IllegalArgumentException that says what is wrong and what is right */
    static MethodPattern parse(String text) {
        int star = text.indexOf('*');
        int slash = text.indexOf('/');
        String right = "; write service/Method, service/*, service/Get* or package.*";
        if (star >= 0 && star < text.length() - 1) {
            throw new IllegalArgumentException("'" + text + "' has a * that is not its last character" + right);
        }
        if (star < 0 && (slash <= 0 || slash == text.length() - 1)) {
            throw new IllegalArgumentException("'" + text + "' is not the full name of a method" + right);
        }
        if (slash != text.lastIndexOf('/')) {
            throw new IllegalArgumentException("'" + text + "' has more than one /" + right);
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!Character.isLetterOrDigit(c) && "._/*".indexOf(c) < 0) {
                throw new IllegalArgumentException("'" + text + "' has the character '" + c + "'" + right);
            }
        }
        return new MethodPattern(text);
    }

    boolean matches(String fullName) {
        return whole ? fullName.equals(beginning) : fullName.startsWith(beginning);
    }

    /** How exactly it says what it means: the greater the better. */
    int precision() {
        return whole ? Integer.MAX_VALUE : beginning.length();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof MethodPattern p && p.text.equals(text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return text;
    }
}
