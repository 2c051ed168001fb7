package dev.remora.api;

import java.util.List;

/** What a server serves: generated base classes implement it. */
public interface BindableService {
    ServiceDescriptor descriptor();

    /** One entry for each method of the descriptor. Called once, when the server is built. */
    List<ServerMethod<?, ?>> methods();
}
