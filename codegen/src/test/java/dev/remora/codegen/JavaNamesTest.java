package dev.remora.codegen;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JavaNamesTest {
    @ParameterizedTest
    @CsvSource({
        "GetUser, getUser",
        "getUser, getUser",
        "get_user, getUser",
        "GET_USER, gETUSER",
        "URLFetch, uRLFetch",
        "a__b, aB",
        "_1st, _1st",
        "_, __",
        "Class, class_",
        "null, null_",
        "Wait, wait_",
        "options, options_",
        "Methods, methods_",
        "record, record"
    })
    void method(String protoName, String javaName) {
        assertThat(JavaNames.method(protoName)).isEqualTo(javaName);
    }

    @ParameterizedTest
    @CsvSource({
        "GetUser, METHOD_GET_USER",
        "get_user, METHOD_GET_USER",
        "GetURL, METHOD_GET_URL",
        "URLFetch, METHOD_URL_FETCH",
        "GET_USER, METHOD_GET_USER",
        "V2List, METHOD_V2_LIST"
    })
    void constant(String protoName, String constant) {
        assertThat(JavaNames.constant(protoName)).isEqualTo(constant);
    }
}
