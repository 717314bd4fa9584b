package infometis.nifi;

import java.util.Collection;
import java.util.List;
import org.apache.nifi.properties.ProtectedPropertyContext;
import org.apache.nifi.properties.SensitivePropertyProvider;
import org.apache.nifi.properties.SensitivePropertyProviderFactory;
import org.apache.nifi.properties.scheme.ProtectionScheme;

/** For a server whose properties are not encrypted: one with TLS does not start without a factory of providers. */
public class NoPropertyProviders implements SensitivePropertyProviderFactory {
    @Override
    public SensitivePropertyProvider getProvider(ProtectionScheme scheme) {
        throw new IllegalArgumentException("no properties are encrypted here");
    }

    @Override
    public Collection<SensitivePropertyProvider> getSupportedProviders() {
        return List.of();
    }

    @Override
    public ProtectedPropertyContext getPropertyContext(String group, String name) {
        return ProtectedPropertyContext.defaultContext(name);
    }
}
