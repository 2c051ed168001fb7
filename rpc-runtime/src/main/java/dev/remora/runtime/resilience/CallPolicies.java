package dev.remora.runtime.resilience;

import dev.remora.runtime.config.MethodValues;
import dev.remora.spi.SettingValues;

/** Says how the calls of each method are made. Asked once per method and channel; for any thread. */
@FunctionalInterface
public interface CallPolicies {
    /** @param fullName of the method, such as {@code photos.v1.Users/GetUser} */
    CallPolicy policyFor(String fullName);

    /** The same for all methods. */
    static CallPolicies of(CallPolicy policy) {
        return fullName -> policy;
    }

    /** The same for all methods: values of {@link dev.remora.runtime.config.ClientSettings}. */
    static CallPolicies of(SettingValues values) {
        return of(CallPolicy.of("", values));
    }

    /** As configured: {@code CallPolicies.configured(config.clientMethods("users"))}. */
    static CallPolicies configured(MethodValues values) {
        return fullName -> {
            MethodValues.OfMethod found = values.of(fullName);
            return CallPolicy.of(found.policy(), found.values());
        };
    }
}
