package dev.remora.discovery.zookeeper;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.remora.runtime.resolve.ServerAddress;
import java.io.IOException;
import org.apache.curator.x.discovery.ServiceInstance;
import org.apache.curator.x.discovery.ServiceType;
import org.apache.curator.x.discovery.details.InstanceSerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The JSON of Curator's own serializer, read field by field: that one would make objects of whatever class an entry names. An
 * entry that cannot be read counts as disabled, so that it does not hide the others.
 */
final class EntryFormat implements InstanceSerializer<ServerEntry> {
    private static final Logger LOG = LoggerFactory.getLogger(EntryFormat.class);
    private static final ObjectMapper JSON = new ObjectMapper();

    @Override
    public byte[] serialize(ServiceInstance<ServerEntry> instance) throws IOException {
        ObjectNode node = JSON.createObjectNode();
        node.put("name", instance.getName());
        node.put("id", instance.getId());
        node.put("address", instance.getAddress());
        node.put("port", instance.getPort());
        node.putNull("sslPort");
        ServerEntry entry = instance.getPayload();
        node.putObject("payload").put("weight", entry.weight()).put("priority", entry.priority());
        node.put("registrationTimeUTC", instance.getRegistrationTimeUTC());
        node.put("serviceType", instance.getServiceType().name());
        node.putNull("uriSpec");
        node.put("enabled", instance.isEnabled());
        return JSON.writeValueAsBytes(node);
    }

    @Override
    public ServiceInstance<ServerEntry> deserialize(byte[] bytes) throws IOException {
        JsonNode node;
        try {
            node = JSON.readTree(bytes);
        } catch (JacksonException e) {
            LOG.warn("an entry in ZooKeeper is not JSON and is left out: {}", e.getOriginalMessage());
            node = JSON.createObjectNode();
        }
        JsonNode payload = node.path("payload");
        String address = node.path("address").asText("");
        int port = node.path("port").asInt(0);
        boolean usable = !address.isBlank() && port > 0 && port <= 65_535;
        if (!usable) {
            LOG.warn("an entry in ZooKeeper has no address and is left out: {}", node);
        }
        return new ServiceInstance<>(
                node.path("name").asText("?"),
                node.path("id").asText("?"),
                address,
                port,
                null,
                new ServerEntry(
                        Math.clamp(
                                payload.path("weight").asInt(ServerAddress.DEFAULT_WEIGHT),
                                1,
                                ServerAddress.MAX_WEIGHT),
                        Math.clamp(payload.path("priority").asInt(0), 0, ServerAddress.MAX_PRIORITY)),
                node.path("registrationTimeUTC").asLong(0),
                ServiceType.DYNAMIC,
                null,
                usable && node.path("enabled").asBoolean(true));
    }
}
